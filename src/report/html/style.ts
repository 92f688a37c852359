/**
 * How the page looks: on a desk and on a phone, by day and by night, and on paper. Fonts are those of the reader's own system.
 *
 * @module
 */

export const STYLE = `
:root{color-scheme:light dark;--paper:#faf9f7;--card:#fff;--ink:#1c2126;--soft:#59626b;--line:#e4e1db;--rule:#c9c5bd;
--comes:#1b6b3e;--goes:#a5301f;--changes:#20598a;--held:#835300;--bar:#b9c0c7;--after:#20598a;
--calm-bg:#ebf5ee;--calm:#1b6b3e;--attention-bg:#fdf4e0;--attention:#835300;--stopped-bg:#fceeeb;--stopped:#a5301f}
@media (prefers-color-scheme:dark){:root{--paper:#131619;--card:#1a1f24;--ink:#e7e9eb;--soft:#a4adb6;--line:#2b3238;
--rule:#444d55;--comes:#79cb99;--goes:#f29a89;--changes:#84bce6;--held:#e9ba63;--bar:#4d5760;--after:#84bce6;
--calm-bg:#16251c;--calm:#79cb99;--attention-bg:#292213;--attention:#e9ba63;--stopped-bg:#2c1a17;--stopped:#f29a89}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
overflow-wrap:anywhere}
header,main,footer{max-width:56rem;margin:0 auto;padding:0 1.25rem}
h1,h2,h3,h4,p,ul,dl,dd,table,figure{margin:0}
h1{font-size:1rem;font-weight:600;color:var(--soft)}
h2{font-size:1.3rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin:3rem 0 .35rem}
h3,h4{font-size:1rem;font-weight:600;line-height:1.4;display:inline}
a{color:var(--changes);text-underline-offset:.15em}
code{font:.86em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
:focus-visible{outline:2px solid var(--changes);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.4rem .8rem;z-index:1}
.gone{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.lead,.meta,.why,footer{color:var(--soft)}
.meta,.why,footer,.lead{font-size:.9rem}
header{padding-top:2.2rem}
.verdict{margin:1rem 0 0;padding:1.4rem 1.5rem 1.3rem;border-radius:12px;border-left:5px solid var(--tone);background:var(--tone-bg)}
.calm{--tone:var(--calm);--tone-bg:var(--calm-bg)}
.attention{--tone:var(--attention);--tone-bg:var(--attention-bg)}
.stopped{--tone:var(--stopped);--tone-bg:var(--stopped-bg)}
.verdict>p:first-child{font-size:clamp(1.3rem,1rem + 1.9vw,1.85rem);line-height:1.25;font-weight:650;letter-spacing:-.015em;text-wrap:balance}
.verdict p+p{margin-top:.5rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin-top:.75rem}
.tiles>div{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.8rem 1rem;display:flex;flex-direction:column-reverse;justify-content:flex-end}
.tiles dd{font-size:1.55rem;line-height:1.2;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.tiles dt{font-size:.85rem;color:var(--soft)}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin-top:1.1rem;font-size:.9rem}
.hold,.plain{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.1rem 1.25rem;margin-top:.8rem}
.hold{border-left:5px solid var(--held)}
.hold h3{display:block;font-size:1.08rem}
.hold>*+*{margin-top:.5rem}
.hold .what{font-weight:600;color:var(--held)}
.hold ul.per{list-style:none;padding:0;font-size:.92rem;display:flex;flex-wrap:wrap;gap:.15rem 1.2rem}
.do{font-size:.9rem;border-top:1px solid var(--line);padding-top:.6rem}
form{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end;margin:1rem 0 .3rem}
form[hidden]{display:none}
form label{font-size:.85rem;color:var(--soft);display:flex;flex-direction:column;gap:.2rem;flex:1 1 9rem;min-width:0}
form label:first-child{flex:3 1 14rem}
input,select{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:.45rem .6rem;
width:100%;min-width:0;min-height:2.6rem}
[role=status]{font-size:.9rem;color:var(--soft);min-height:1.4em}
summary{cursor:pointer;list-style:none;display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline;padding:.55rem 0}
summary::-webkit-details-marker{display:none}
summary::before{content:"";width:.42rem;height:.42rem;border-right:2px solid var(--soft);border-bottom:2px solid var(--soft);
transform:rotate(-45deg);flex:none;align-self:center;margin-right:-.15rem}
details[open]>summary::before{transform:rotate(45deg)}
summary>h3,summary>h4{flex:1 1 12rem;min-width:0}
.school{background:var(--card);border:1px solid var(--line);border-radius:12px;margin-top:.8rem;padding:.35rem 1.25rem}
.school>summary h3{font-size:1.08rem}
.part{border-top:1px solid var(--line)}
.part h4{font-weight:500}
.part[open]>summary h4{font-weight:650}
.sums{display:flex;flex-wrap:wrap;gap:.1rem .7rem;font-size:.87rem;font-variant-numeric:tabular-nums;font-weight:600}
.comes{color:var(--comes)}.goes{color:var(--goes)}.changes{color:var(--changes)}.held{color:var(--held)}
.group{padding:.15rem 0 .9rem 1.1rem}
.group .what{font-weight:600;display:flex;flex-wrap:wrap;gap:0 .7rem;align-items:baseline}
.waits{font-size:.8rem;font-weight:600;color:var(--held);border:1px solid currentColor;border-radius:99px;padding:0 .55rem}
.rule{font-size:.82em;white-space:nowrap}
.names{list-style:none;padding:0;margin-top:.35rem;columns:13rem auto;column-gap:1.5rem;font-size:.93rem}
.names li{break-inside:avoid;padding:.08rem 0}
.names.fields{columns:auto}
.names small{color:var(--soft);font-size:.88em}
del{color:var(--soft)}ins{text-decoration:none;font-weight:550}
table{width:100%;border-collapse:collapse;font-size:.93rem;margin-top:.8rem;font-variant-numeric:tabular-nums}
.plain>table{margin-top:0}
caption{text-align:left;color:var(--soft);font-size:.9rem;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{font-size:.83rem;color:var(--soft);border-top:0;padding-top:.2rem;padding-bottom:.3rem;vertical-align:bottom}
th.n,td.n{text-align:right;padding-right:0;padding-left:.75rem;white-space:nowrap}
tbody th{overflow-wrap:anywhere}
svg{display:block;width:100%}
.pair{height:18px;margin-top:.35rem}
.one{height:8px;margin-top:.4rem}
.timeline{height:132px;border-bottom:1px solid var(--rule)}
.b{fill:var(--bar)}.a{fill:var(--after)}.h{fill:var(--held)}.g{fill:var(--goes)}
.axis{display:flex;justify-content:space-between;gap:1rem;font-size:.83rem;color:var(--soft);padding-top:.3rem}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;list-style:none;padding:0;font-size:.85rem;color:var(--soft);margin-top:.5rem}
.legend li::before{content:"";display:inline-block;width:.7rem;height:.7rem;border-radius:2px;margin-right:.4rem;background:var(--key)}
.k-b{--key:var(--bar)}.k-a{--key:var(--after)}.k-h{--key:var(--held)}.k-g{--key:var(--goes)}
.note{border-top:1px solid var(--line)}
.note:first-child{border-top:0}
.note p{padding:.55rem 0}
.note .count{color:var(--soft);font-variant-numeric:tabular-nums;font-size:.9rem}
.note h3{font-weight:500}
.warning h3::before{content:"!";display:inline-block;width:1.15em;height:1.15em;line-height:1.15em;text-align:center;border-radius:50%;
background:var(--held);color:var(--card);font-weight:700;font-size:.8em;margin-right:.5em}
footer{margin-top:3.5rem;padding-bottom:3rem}
footer p{border-top:1px solid var(--line);padding-top:1rem}
.more{margin-top:.8rem}
@media (max-width:34rem){header,main,footer{padding-left:1rem;padding-right:1rem}h2{margin-top:2.4rem}
.verdict{padding:1.1rem 1.1rem 1rem}.tiles{grid-template-columns:1fr 1fr;gap:.5rem}.school,.hold,.plain{padding-left:.9rem;padding-right:.9rem}
.group{padding-left:.2rem}.names{columns:9rem auto}th.n,td.n{padding-left:.45rem}summary>h3,summary>h4{flex-basis:70%}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;--rule:#999;--comes:#14532d;
--goes:#8c2415;--changes:#1b4a73;--held:#6b4400;--bar:#b9c0c7;--after:#20598a;--calm-bg:#fff;--attention-bg:#fff;--stopped-bg:#fff}
@page{margin:16mm 14mm}
body{font-size:10pt}header,main,footer{max-width:none;padding:0}
form,nav,.skip,[role=status],summary::before{display:none!important}
details::details-content{content-visibility:visible!important;display:block!important;block-size:auto!important}
.verdict,.tiles>div,.hold,.school,.plain{border-color:#999;border-radius:4px}
.verdict{border-left-color:var(--tone)}.hold{border-left-color:var(--held)}
svg rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.legend li::before,.warning h3::before{print-color-adjust:exact;-webkit-print-color-adjust:exact}
h2,h3,h4,summary,.what,.why,caption,thead{break-after:avoid}
.hold,.verdict,.tiles,tr,figure{break-inside:avoid}
.names{columns:11rem auto;font-size:9pt}}
`;
