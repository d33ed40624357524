// The diary opens where the day stands: an hour before now.
const diary = document.querySelector(".diary");
const now = diary?.querySelector(".now-line");
if (now) {
  const hour = diary.querySelector(".diary-hours > li:nth-child(2)")?.offsetTop ?? 0;
  diary.scrollTop = Math.max(now.offsetTop - hour, 0);
}
