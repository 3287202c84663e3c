import type { ChartColours } from '../core/view/svg/colours.ts';
import { FONT } from '../core/view/svg/measureText.ts';

/** The style of a report. Colours are ours, and nothing of a file gets in. */
export const reportStyle = (colours: ChartColours): string => `
*{box-sizing:border-box}
body{margin:0;background:${colours.ground};color:${colours.text};font:15px/1.5 ${FONT}}
main,header,footer{max-width:900px;margin:0 auto;padding:0 16px}
header{padding-top:24px}
footer{padding-bottom:40px;color:${colours.muted}}
h1{font-size:26px;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:20px;margin:40px 0 8px;padding-top:12px;border-top:1px solid ${colours.grid};overflow-wrap:anywhere}
h3{font-size:16px;margin:28px 0 6px;overflow-wrap:anywhere}
p,li,dd{overflow-wrap:anywhere}
figure{margin:0}
figcaption{color:${colours.muted};font-size:13px;overflow-wrap:anywhere}
svg{display:block;max-width:100%;height:auto}
.narrow{display:none}
.scroll{overflow:auto;max-height:420px;border:1px solid ${colours.grid}}
.scroll:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid ${colours.mark};outline-offset:2px}
summary{cursor:pointer;padding:4px 0;color:${colours.mark}}
a{color:${colours.mark}}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:6px 8px;color:${colours.muted}}
th,td{padding:3px 8px;text-align:left;white-space:nowrap;border-bottom:1px solid ${colours.grid}}
.number{text-align:right}
.mono,code{font-family:ui-monospace,"SF Mono",Consolas,"DejaVu Sans Mono",monospace;font-size:13px;overflow-wrap:anywhere}
.wrap td{white-space:normal;overflow-wrap:anywhere}
.wrap{width:100%}
ul{padding-left:20px}
.all{max-height:none}
.where{color:${colours.muted};font-size:13px;margin:0}
dl{margin:8px 0 12px}
dl div{display:grid;grid-template-columns:96px 1fr;gap:0 12px;margin:4px 0}
dt{font-weight:600}
dd{margin:0}
@media(max-width:480px){dl div{display:block}}
.level{font-weight:600}
@media(max-width:700px){.wide{display:none}.narrow{display:block}}
@media print{.scroll{max-height:none;overflow:visible}details:not([open]){display:none}figure{break-inside:avoid}}
`;
