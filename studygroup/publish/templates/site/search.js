// Narrows a page's lists down to what was typed. The page is whole without it, and it asks no one anything.
(() => {
  "use strict";
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const box = document.getElementById("search");
  const words = document.getElementById("words");
  const status = document.getElementById("status");
  const found = document.getElementById("found");
  const kinds = { read: ["read"], coming: ["next", "planned"], open: ["", "next", "planned"] };
  const lists = [...document.querySelectorAll("section.list")].map((section) => ({
    section,
    parts: [...section.querySelectorAll(".part")].map((part) => ({
      part,
      name: plain(part.querySelector("h3")?.textContent ?? ""),
      rows: [...part.querySelectorAll(":scope > li, .rows > li")].map((row) => ({
        row,
        text: plain(row.textContent),
        status: row.dataset.status,
      })),
    })),
  }));

  function narrow() {
    const wanted = plain(words.value).split(/\s+/).filter(Boolean);
    const allowed = kinds[status?.value];
    let shown = 0;
    for (const { section, parts } of lists) {
      let inList = 0;
      for (const { part, name, rows } of parts) {
        let inPart = 0;
        for (const { row, text, status } of rows) {
          const fits =
            (!allowed || allowed.includes(status)) &&
            wanted.every((word) => text.includes(word) || name.includes(word));
          row.hidden = !fits;
          inPart += fits;
        }
        part.hidden = !inPart;
        inList += inPart;
      }
      section.hidden = !inList;
      shown += inList;
    }
    const narrowed = wanted.length || allowed;
    found.textContent = !narrowed ? "" : shown ? `${shown} found` : "No matches. Try a shorter word.";
  }

  words.addEventListener("input", narrow);
  status?.addEventListener("change", narrow);
  box.hidden = false;
  if (words.value || status?.value) narrow(); // what the browser kept over a reload
})();
