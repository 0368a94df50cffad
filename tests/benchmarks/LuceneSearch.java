// Lucene as a peer: one field, frequencies and one-byte lengths, one segment, one thread.
//
//   LuceneSearch index FOLDER          offsets.bin, tokens.bin (little-endian) -> FOLDER/index
//   LuceneSearch search FOLDER K ROUNDS WARM
//       queries on stdin, a line of word numbers each -> JSON on stdout: for each query the best
//       [note number, score] and the least microseconds of ROUNDS rounds, after WARM seconds
//
// A word is its number in three bytes, so that no analyzer has a part in it.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;

public class LuceneSearch {
  static final BM25Similarity BM25 = new BM25Similarity(1.5f, 0.75f);

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    if (arguments[0].equals("index")) {
      index(folder);
    } else {
      int k = Integer.parseInt(arguments[2]);
      search(folder, k, Integer.parseInt(arguments[3]), Double.parseDouble(arguments[4]));
    }
  }

  static void index(Path folder) throws IOException {
    LongBuffer offsets = mapped(folder.resolve("offsets.bin")).asLongBuffer();
    Words words = new Words(mapped(folder.resolve("tokens.bin")).asIntBuffer());
    Document note = new Document();
    note.add(new Field("body", words, body()));
    IndexWriterConfig config = new IndexWriterConfig(null);
    config.setSimilarity(BM25).setRAMBufferSizeMB(1024).setUseCompoundFile(false);
    config.setMergePolicy(new LogDocMergePolicy()); // merges neighbours: notes keep their order
    try (MMapDirectory directory = new MMapDirectory(folder.resolve("index"));
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int number = 0; number + 1 < offsets.limit(); number++) {
        words.from((int) offsets.get(number), (int) offsets.get(number + 1));
        writer.addDocument(note);
      }
      writer.forceMerge(1);
    }
  }

  static FieldType body() {
    FieldType body = new FieldType();
    body.setTokenized(true);
    body.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    body.freeze();
    return body;
  }

  static void search(Path folder, int k, int rounds, double warm) throws IOException {
    List<Query> queries = queries();
    try (MMapDirectory directory = new MMapDirectory(folder.resolve("index"));
        DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setSimilarity(BM25);
      searcher.setQueryCache(null);
      long end = System.nanoTime() + (long) (warm * 1e9);
      while (System.nanoTime() < end) {
        for (Query query : queries) top(searcher, query, k);
      }
      ScoreDoc[][] tops = new ScoreDoc[queries.size()][];
      long[] least = new long[queries.size()];
      Arrays.fill(least, Long.MAX_VALUE);
      for (int round = 0; round < rounds; round++) {
        for (int each = 0; each < least.length; each++) {
          long start = System.nanoTime();
          tops[each] = top(searcher, queries.get(each), k);
          least[each] = Math.min(least[each], System.nanoTime() - start);
        }
      }
      print(reader.leaves().size(), tops, least);
    }
  }

  static ScoreDoc[] top(IndexSearcher searcher, Query query, int k) throws IOException {
    return searcher.search(query, new TopScoreDocCollectorManager(k, null, k)).scoreDocs;
  }

  static List<Query> queries() throws IOException {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in))) {
      return lines.lines().map(LuceneSearch::query).collect(Collectors.toList());
    }
  }

  static Query query(String line) {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    Stream.of(line.split(" "))
        .map(word -> new TermQuery(new Term("body", spelled(Integer.parseInt(word)))))
        .forEach(term -> any.add(term, BooleanClause.Occur.SHOULD));
    return any.build();
  }

  static BytesRef spelled(int word) {
    return new BytesRef(new byte[] {(byte) (word >> 16), (byte) (word >> 8), (byte) word});
  }

  static void print(int segments, ScoreDoc[][] tops, long[] least) {
    String found = Stream.of(tops).map(LuceneSearch::json).collect(Collectors.joining(","));
    String times =
        IntStream.range(0, least.length)
            .mapToObj(each -> String.valueOf(least[each] / 1e3))
            .collect(Collectors.joining(","));
    System.out.printf(
        "{\"segments\":%d,\"tops\":[%s],\"microseconds\":[%s]}%n", segments, found, times);
  }

  static String json(ScoreDoc[] hits) {
    return Stream.of(hits)
        .map(hit -> "[" + hit.doc + "," + hit.score + "]")
        .collect(Collectors.joining(",", "[", "]"));
  }

  static MappedByteBuffer mapped(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      MappedByteBuffer bytes = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      return bytes;
    }
  }

  /** The words of one note after the other. */
  static final class Words extends TokenStream {
    private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
    private final IntBuffer tokens;
    private int at;
    private int end;

    Words(IntBuffer tokens) {
      this.tokens = tokens;
    }

    void from(int first, int end) {
      this.at = first;
      this.end = end;
    }

    @Override
    public boolean incrementToken() {
      if (at == end) return false;
      clearAttributes();
      term.setBytesRef(spelled(tokens.get(at++)));
      return true;
    }
  }
}
