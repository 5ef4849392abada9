"""How the report's page looks on a screen and on A4, landscape: headings stay with what they head, rows stay whole, and
figures leave room for the lines that say which runs they are of."""

STYLE = """
@page { size: A4 landscape; margin: 12mm; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 88rem; margin: 2rem auto; padding: 0 1rem; color: #111;
  background: #fff; }
h1, h2, h3, h4 { line-height: 1.2; break-after: avoid; }
h2 { margin-top: 3rem; border-top: 2px solid #555; padding-top: 1rem; }
h3 { margin-top: 2.2rem; } h4 { margin: 1.2rem 0 0.4rem; } a { color: #0b5394; }
figure { margin: 0.6rem 0 1.5rem; } figure img { display: block; max-width: 100%; }
figcaption, .caption { font-size: 0.87em; color: #333; }
p, nav, pre, figcaption { max-width: 62rem; }
table { border-collapse: collapse; font-size: 0.82em; margin-bottom: 0.8rem; } .wide { overflow-x: auto; }
th { text-align: left; border-bottom: 1.5px solid #111; } td { border-bottom: 1px solid #ddd; }
.right { text-align: right; } td.right, .line, td:first-child { white-space: nowrap; }
th, td { padding: 0.15rem 0.6rem 0.15rem 0; vertical-align: top; } td { overflow-wrap: anywhere; }
pre { font-size: 0.8em; overflow-x: auto; background: #f6f6f6; padding: 0.5rem; }
.missing { color: #555; font-style: italic; } nav li { font-size: 0.9em; } details { font-size: 0.87em; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 9.5pt; } p, nav, figcaption { max-width: none; }
  h2 { break-before: page; } #runs, #questions, #absent { break-before: auto; }
  details, .sql, #questions, nav a::after { display: none; } .wide { overflow: visible; } table { font-size: 7.5pt; }
  thead { display: table-header-group; } tr, img { break-inside: avoid; } p.caption { break-before: avoid; }
  .wide:has(+ p.caption) { break-after: avoid; }
  p:has(+ .wide), p:has(+ figure), p:has(+ h4) { break-after: avoid; } p { orphans: 3; widows: 3; }
  figure img { max-height: 128mm; } nav ol ol { columns: 2; } .short { break-inside: avoid; }
}
"""
