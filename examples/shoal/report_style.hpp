// The style of the report and of the other pages.
#pragma once

#include <string>

inline constexpr const char* report_style = R"css(
:root { color-scheme: light dark; --page: #faf9f7; --card: #ffffff; --ink: #23262b; --muted: #6d727b; --grid: #e7e5e0;
  --accent: #2f6f8f; --second: #e0823d; --soft: #eef3f5; --cap: .6; --shade: #0004; }
@media (prefers-color-scheme: dark) {
  :root { --page: #15171a; --card: #1d2024; --ink: #e8e6e1; --muted: #989da6; --grid: #2e3238; --accent: #64b0d2;
    --second: #f0a15f; --soft: #22303a; --cap: .42; --shade: #fff2; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5; font-size: 15px;
  font-family: Inter, "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1120px; margin: 0 auto; padding: 56px 24px 72px; }
.kicker { margin: 0; color: var(--accent); font-weight: 600; letter-spacing: .02em; }
h1 { margin: 4px 0 8px; font-size: 34px; line-height: 1.15; font-weight: 650; letter-spacing: -.02em; }
h2 { margin: 56px 0 4px; font-size: 21px; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 28px 0 12px; font-size: 15px; font-weight: 600; color: var(--muted); }
p { margin: 0; max-width: 70ch; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); margin: 32px 0 8px;
  border-block: 1px solid var(--grid); }
.tiles div { padding: 16px 0 14px; }
.tiles b { display: block; font-size: 26px; font-weight: 600; letter-spacing: -.02em; line-height: 1.2; }
.tiles span { color: var(--muted); font-size: 13px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 20px; margin-top: 24px; }
.three { grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); }
figure { margin: 0; padding: 20px 20px 10px; background: var(--card); border: 1px solid var(--grid); border-radius: 10px; }
figcaption { margin-bottom: 10px; }
figcaption b { display: block; font-weight: 600; }
figcaption span { color: var(--muted); font-size: 13px; }
figure.wide { grid-column: 1 / -1; }
.charts:not(.three) figure:not(.wide):last-child:nth-child(odd) { grid-column: 1 / -1; }
.charts:not(.three) figure:not(.wide):last-child:nth-child(odd) svg { max-width: 640px; margin: 0 auto; }
svg { display: block; width: 100%; height: auto; }
svg g, svg text, svg tspan { font-family: inherit; }
svg text { paint-order: stroke; stroke: var(--card); stroke-width: 3px; }  /* readable across marks */
.key { white-space: nowrap; } .key::before { content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 5px;
  border-radius: 2px; background: var(--accent); } .key.second::before { background: var(--second); }
.key.other::before { background: var(--muted); }
.scroll { overflow-x: auto; background: linear-gradient(to right, var(--card) 30%, transparent) left / 40px 100%,
  linear-gradient(to left, var(--card) 30%, transparent) right / 40px 100%, linear-gradient(to right, var(--shade), transparent)
  left / 12px 100%, linear-gradient(to left, var(--shade), transparent) right / 12px 100%; background-repeat: no-repeat;
  background-attachment: local, local, scroll, scroll; }  /* a shadow where there is more to scroll to */
.wide svg { min-width: 720px; font-size: 15px; } .three svg { font-size: 17px; overflow: visible; }
.three svg text[transform] { translate: -9px 0; }
.place text { text-decoration: underline; font-weight: 600; }
.tall { max-height: 575px; overflow-y: auto; margin-top: 12px; background-color: var(--card); border: 1px solid var(--grid);
  border-radius: 10px; background-image: linear-gradient(to right, var(--card) 30%, transparent),
  linear-gradient(to left, var(--card) 30%, transparent), linear-gradient(to top, var(--card) 30%, transparent),
  linear-gradient(to right, var(--shade), transparent), linear-gradient(to left, var(--shade), transparent),
  linear-gradient(to top, var(--shade), transparent); background-position: left, right, bottom, left, right, bottom;
  background-size: 40px 100%, 40px 100%, 100% 40px, 12px 100%, 12px 100%, 100% 12px;
  background-attachment: local, local, local, scroll, scroll, scroll; }
table.list { border-collapse: collapse; width: 100%; font-size: 13.5px; }
.list th { position: sticky; top: 0; background: var(--card); padding: 0; text-align: right; }
.list th.words { text-align: left; }
.list button { font: inherit; font-weight: 600; color: var(--ink); background: none; border: 0; padding: 10px 12px; cursor: pointer;
  white-space: nowrap; }
.list th[aria-sort=ascending] button::after { content: " ↑"; } .list th[aria-sort=descending] button::after { content: " ↓"; }
.list td { padding: 3px 12px; text-align: right; } .list tbody tr { border-top: 1px solid var(--grid); }
.words2 td:nth-child(n+2), .words3 td:nth-child(n+3), .words4 td:nth-child(n+4), .words5 td:nth-child(n+5), .words6 td:nth-child(n+6) { text-align: left;
  white-space: nowrap; } .list th > span { display: block; padding: 10px 12px; } ol { padding-left: 24px; overflow-wrap: anywhere; }
.search { margin: 12px 0 0; } .search:not([hidden]) { display: flex; align-items: center; gap: 8px; }
.search label { white-space: nowrap; } .search input { flex: 0 1 220px; min-width: 0; font: inherit; color: inherit; background: var(--card); padding: 4px 8px;
  border: 1px solid var(--muted); border-radius: 6px; } .search span { color: var(--muted); font-size: 13px; white-space: nowrap; }
:target { outline: 2px solid var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 600px) { main { padding: 28px 14px 40px; } figure { padding: 14px 12px 8px; } h1 { font-size: 27px; }
  .list td { padding: 3px 6px; } .list button, .list th > span { padding: 10px 6px; }
  figure:not(.wide) svg { font-size: 17px; overflow: visible; }
  figure:not(.wide) svg text[transform] { translate: -9px 0; font-size: 16px; } }
table.confusion { border-collapse: separate; border-spacing: 2px; font-size: 12.5px; margin: 0 auto 12px; }
.confusion th { font-weight: 400; text-align: right; padding: 0 8px 0 0; white-space: nowrap; }
.confusion thead th { height: 108px; vertical-align: bottom; text-align: center; padding: 0 0 6px; }
.confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block; }
.confusion tbody td { width: 42px; min-width: 27px; padding: 0; height: 30px; text-align: center; border-radius: 4px;
  background: color-mix(in srgb, var(--tone, var(--second)) calc(var(--v) * var(--cap) * 1%), var(--soft)); }
.confusion td.own { --tone: var(--accent); } .confusion td.rest { background: none; color: var(--muted); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr)); gap: 16px; }
article { background: var(--card); border: 1px solid var(--grid); border-radius: 10px; padding: 16px 18px 14px; min-width: 0; }
h4 { margin: 0; font-size: 15px; }
article header h4 { font-weight: 650; overflow-wrap: anywhere; }
article header span { color: var(--muted); font-size: 13px; }
.bar { height: 4px; border-radius: 2px; background: var(--grid); margin: 8px 0 4px; }
.bar i { display: block; height: 100%; border-radius: 2px; background: var(--accent); }
.facts { color: var(--muted); font-size: 12.5px; }
ul { list-style: none; margin: 10px 0 0; padding: 0; font-size: 13.5px; }
li { padding: 5px 0; border-top: 1px solid var(--grid); overflow: hidden; }
li b { font-weight: 550; display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
li b:last-child { font-weight: 400; white-space: normal; overflow-wrap: anywhere; line-height: 1.35; display: -webkit-box; -webkit-line-clamp: 3;
  -webkit-box-orient: vertical; }
li span { color: var(--muted); font-size: 12.5px; line-height: 1.35; display: -webkit-box; -webkit-line-clamp: 2;
  -webkit-box-orient: vertical; overflow: hidden; }
li.picture { display: grid; grid-template-columns: 72px minmax(0, 1fr); column-gap: 10px; align-content: start; }
li.picture img { grid-row: 1 / 3; object-fit: cover; border-radius: 6px; background: var(--grid); }
details { margin: 4px 0 8px; color: var(--muted); font-size: 13px; } details.record { margin-top: 56px; font-size: 13.5px; }
summary { cursor: pointer; color: var(--muted); } .record summary { color: var(--ink); font-weight: 600; }
details dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 2px 40px; margin: 12px 0 0; }
details dl div { display: flex; justify-content: space-between; gap: 16px; border-bottom: 1px solid var(--grid); padding: 3px 0; }
dt { white-space: nowrap; } dd { margin: 0; color: var(--ink); text-align: right; overflow-wrap: anywhere; }
@media print { main { padding: 0; } figure, article { break-inside: avoid; } }
)css";

/// Returns the beginning of a page, up to its content. `title` is HTML.
inline std::string page_head(const std::string& title) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>" +
         title + "</title><style>" + report_style + "</style></head>\n<body><main>\n";
}
