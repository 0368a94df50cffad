// The folder of fixture.jsonl and queries.jsonl -> every query with every hit's score, on stdout.
//
// Lucene 8 indexes the notes with WhitespaceAnalyzer and BM25Similarity. Scores are printed as
// hexadecimal floats, which lose nothing, best first, ties by note_id. generate.py has the command.

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;

public class GoldenScores {
  static final float TIE = 0.3f;
  static final Pattern PAIR = Pattern.compile("\"(\\w+)\":\"([^\"]*)\"");

  record Boosted(String name, float boost) {}

  record Hit(String id, float score) {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    out.print("{\"about\":\"written by GoldenScores.java: scores by Lucene's BM25Similarity\"}\n");
    IndexSearcher searcher = index(rows(folder.resolve("fixture.jsonl")));
    for (Map<String, String> row : rows(folder.resolve("queries.jsonl"))) {
      row.put("scores", scores(searcher, row));
      out.print(json(row) + "\n");
    }
    out.flush();
  }

  static IndexSearcher index(List<Map<String, String>> notes) throws IOException {
    ByteBuffersDirectory directory = new ByteBuffersDirectory();
    try (IndexWriter writer =
        new IndexWriter(directory, new IndexWriterConfig(new WhitespaceAnalyzer()))) {
      for (Map<String, String> note : notes) {
        writer.addDocument(document(note));
      }
      writer.forceMerge(1);
    }
    return new IndexSearcher(DirectoryReader.open(directory));
  }

  static Document document(Map<String, String> note) {
    Document document = new Document();
    note.forEach(
        (name, text) ->
            document.add(
                name.equals("note_id")
                    ? new StringField(name, text, Field.Store.YES)
                    : new TextField(name, text, Field.Store.NO)));
    return document;
  }

  static String scores(IndexSearcher searcher, Map<String, String> row) throws IOException {
    float k1 = Float.parseFloat(row.get("k1"));
    float b = Float.parseFloat(row.get("b"));
    searcher.setSimilarity(new BM25Similarity(k1, b)); // lengths do not depend on k1 and b
    int all = searcher.getIndexReader().maxDoc();
    TopScoreDocCollector best = TopScoreDocCollector.create(all, Integer.MAX_VALUE);
    searcher.search(query(row), best);
    List<Hit> hits = new ArrayList<>();
    for (ScoreDoc found : best.topDocs().scoreDocs) {
      hits.add(new Hit(searcher.doc(found.doc).get("note_id"), found.score));
    }
    hits.sort(Comparator.comparing((Hit hit) -> -hit.score()).thenComparing(Hit::id));
    return hits.stream()
        .map(hit -> hit.id() + ":" + Float.toHexString(hit.score()))
        .collect(Collectors.joining(" "));
  }

  static Query query(Map<String, String> row) {
    List<Boosted> fields = boosted(row.get("fields"));
    List<Boosted> clauses = boosted(row.get("clauses"));
    return row.get("mode").equals("dis_max") ? bestField(fields, clauses) : flat(fields, clauses);
  }

  static Query flat(List<Boosted> fields, List<Boosted> clauses) {
    BooleanQuery.Builder sum = new BooleanQuery.Builder();
    for (Boosted field : fields) {
      for (Boosted clause : clauses) {
        sum.add(term(field.name(), clause, field.boost()), BooleanClause.Occur.SHOULD);
      }
    }
    return sum.build();
  }

  static Query bestField(List<Boosted> fields, List<Boosted> clauses) {
    List<Query> parts = new ArrayList<>();
    for (Boosted field : fields) {
      parts.add(flat(List.of(field), clauses));
    }
    return new DisjunctionMaxQuery(parts, TIE);
  }

  static Query term(String field, Boosted clause, float boost) {
    return new BoostQuery(new TermQuery(new Term(field, clause.name())), boost * clause.boost());
  }

  // "title^3 body^1" -> names with their boosts
  static List<Boosted> boosted(String text) {
    List<Boosted> all = new ArrayList<>();
    for (String part : text.split(" ")) {
      int hat = part.lastIndexOf('^');
      all.add(new Boosted(part.substring(0, hat), Float.parseFloat(part.substring(hat + 1))));
    }
    return all;
  }

  // The files hold flat objects of strings without escapes; the first line says where they are from.
  static List<Map<String, String>> rows(Path path) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
      Map<String, String> row = new LinkedHashMap<>();
      Matcher pair = PAIR.matcher(line);
      while (pair.find()) {
        row.put(pair.group(1), pair.group(2));
      }
      rows.add(row);
    }
    return rows.subList(1, rows.size());
  }

  static String json(Map<String, String> row) {
    return row.entrySet().stream()
        .map(pair -> "\"" + pair.getKey() + "\":\"" + pair.getValue() + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
