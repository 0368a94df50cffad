// Live parts: completion, character counts, progress of jobs. Every page works without this file.
"use strict";

const asked = document.querySelector("[data-suggest]");
if (asked) {
  const list = document.getElementById("suggestions");
  let turn = 0;
  asked.addEventListener("input", async () => {
    const mine = ++turn;
    const words = asked.value.trim();
    if (!words) return list.replaceChildren();
    const answer = await fetch(`/api/v1/suggest?shape=rows&limit=8&q=${encodeURIComponent(words)}`);
    if (!answer.ok || mine !== turn) return;
    const rows = await answer.json();
    list.replaceChildren(...rows.map((row) => {
      const option = document.createElement("option");
      option.value = row.keyword;
      return option;
    }));
  });
}

// The platform's count: a character outside ASCII is 2, one of ASCII 1, halved and rounded up.
const lengths = {
  title: (text) => Math.ceil([...text].reduce((sum, char) => sum + (char.codePointAt(0) < 128 ? 1 : 2), 0) / 2),
  body: (text) => [...text].length,
};
for (const field of document.querySelectorAll("[data-counted]")) {
  const name = field.dataset.counted;
  const output = document.querySelector(`[data-count="${name}"]`);
  const show = () => {
    const count = lengths[name](field.value);
    output.textContent = `${count} / ${output.dataset.most}`;
    output.classList.toggle("over", count > Number(output.dataset.most));
  };
  field.addEventListener("input", show);
  show();
}

// While a job goes on the page is fetched again, and its table replaced.
const jobs = document.querySelector("[data-jobs]");
const going = (table) => table.querySelector('[data-state="queued"], [data-state="running"]');
if (jobs && going(jobs)) {
  const timer = setInterval(async () => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-jobs]");
    document.querySelector("[data-jobs]").replaceWith(fresh);
    if (!going(fresh)) clearInterval(timer);
  }, 1000);
}
