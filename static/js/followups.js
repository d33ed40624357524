// Counting: the density is worked out while typing, and a device that disagrees is pointed out.
// The database works it out again when the page is saved.

const TOLERANCE_PERCENT = 2;

const number = (row, name) => {
  const text = row.querySelector(`[name$="-${name}"]`)?.value.trim().replace(",", ".");
  return text ? Number(text) : null;
};
const plain = (value) => String(Math.round(value * 10) / 10).replace("-", "\u2212");
const signed = (value) => (value > 0 ? "+" : "") + plain(value);

const inWords = (density, baseline) => {
  if (!(baseline >= 0)) return `${plain(density)} hairs per cm²`;
  const change = density - baseline;
  const percent = baseline > 0 ? `, ${signed((change / baseline) * 100)} %` : "";
  return `${plain(density)} hairs per cm² (${signed(change)}${percent})`;
};

const differs = (reported, density) => {
  if (density === 0) return reported ? 100 : null;
  const percent = ((reported - density) / density) * 100;
  return Math.abs(percent) > TOLERANCE_PERCENT ? percent : null;
};

const work = (row) => {
  const count = number(row, "hair_count");
  const area = number(row, "counted_area_cm2");
  const reported = number(row, "reported_density_per_cm2");
  const output = row.querySelector("[data-density]");
  const warning = row.querySelector("[data-differs]");
  const known = count !== null && count >= 0 && area > 0;
  output.toggleAttribute("data-empty", !known);
  warning.hidden = true;
  if (!known) {
    output.textContent = count === null ? "Not counted" : "Needs the counted area";
    return;
  }
  const density = count / area;
  output.textContent = inWords(density, row.dataset.baseline ? Number(row.dataset.baseline) : NaN);
  const percent = reported === null ? null : differs(reported, density);
  if (percent === null) return;
  warning.hidden = false;
  warning.querySelector("span").textContent =
    `The device's ${plain(reported)} is ${signed(percent)} % from count ÷ area (${plain(density)}). Both are kept as they are.`;
};

for (const row of document.querySelectorAll("[data-rows] [data-count-row]")) work(row);
document.addEventListener("input", (event) => {
  const rows = event.target.closest?.("[data-count-row]");
  if (rows) work(rows);
  else for (const row of event.target.querySelectorAll?.("[data-rows] [data-count-row]") ?? []) work(row);
});

// A pull test says at once whether it is positive, and trichoscopy how many hairs a unit has.
const pullInWords = (row) => {
  const [pulled, out] = [number(row, "hairs_pulled"), number(row, "hairs_out")];
  if (!(pulled > 0) || out === null || out > pulled) return "";
  return `${plain((out / pulled) * 100)} % came out: ${out * 10 > pulled ? "positive" : "negative"}`;
};
const lookInWords = (row) => {
  const [hairs, units] = [number(row, "hairs_per_cm2"), number(row, "units_per_cm2")];
  const stated = number(row, "hairs_per_unit");
  if (hairs === null || !(units > 0)) return "";
  const each = hairs / units;
  const differs = stated !== null && Math.abs(stated - Math.round(each * 100) / 100) > 0.1;
  const worked = `${String(Math.round(each * 100) / 100)} hairs in each unit`;
  return differs ? `${worked}; stated: ${stated}. Both are kept.` : worked;
};
const say = (row, words) => {
  const output = row.querySelector("[data-worked-out]");
  if (output) output.textContent = words;
};
const workOut = () => {
  for (const row of document.querySelectorAll("[data-rows] [data-pull-row]")) say(row, pullInWords(row));
  for (const row of document.querySelectorAll("[data-rows] [data-look-row]")) say(row, lookInWords(row));
};
workOut();
document.addEventListener("input", (event) => {
  if (event.target.closest?.("[data-pull-row], [data-look-row]")) workOut();
});

for (const form of document.querySelectorAll("form[data-submits]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
