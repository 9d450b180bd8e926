/// The page's style. Text and lines have a contrast of 4.5:1 or more on their ground, light and dark.
enum PageStyle {
    static let text: StaticString = """
        :root{color-scheme:light dark;--page:#fff;--ground:#f3f5f8;--line:#c9d0da;--text:#1a2029;--dim:#566071;--link:#0b57b7;\
        --ok:#12693a;--ok-ground:#d9f2e2;--bad:#a31523;--bad-ground:#fde0e0;--run:#0b57b7;--run-ground:#d9e8fd;\
        --skip:#5b6270;--skip-ground:#e6e9ee;--rate:#4a6fd0}
        @media(prefers-color-scheme:dark){:root{--page:#12161c;--ground:#1c222b;--line:#3b4553;--text:#e7ebf1;--dim:#a3aebd;\
        --link:#8ab8ff;--ok:#7fdca3;--ok-ground:#123823;--bad:#ff9c9c;--bad-ground:#4a1a20;--run:#8ab8ff;\
        --run-ground:#17335c;--skip:#b0b8c4;--skip-ground:#2c333e;--rate:#7d9df0}}
        *{box-sizing:border-box}html{font-size:16px}
        body{margin:0 auto;max-width:1280px;padding:0 16px 48px;background:var(--page);color:var(--text);\
        font:.94rem/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
        header{display:flex;flex-wrap:wrap;gap:4px 16px;justify-content:space-between;padding:12px 0;\
        border-bottom:1px solid var(--line)}
        nav a{margin-left:12px}a{color:var(--link)}
        h1{font-size:1.35rem;margin:20px 0 8px}h2{font-size:1.1rem;margin:28px 0 8px}h3{font-size:.95rem;margin:14px 0 4px}
        h3.lane{font-weight:400}p{margin:6px 0}ul{margin:6px 0;padding-left:20px}
        :focus-visible{outline:3px solid var(--link);outline-offset:2px}main:focus{outline:none}
        .skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;padding:8px;background:var(--page);z-index:1}
        .small,.when,.empty{color:var(--dim);font-size:.87rem}.when{font-variant-numeric:tabular-nums}
        .badge{display:inline-flex;align-items:center;gap:4px;padding:1px 10px 1px 5px;border:1px solid;border-radius:12px;\
        font-weight:600;font-size:.87rem}.badge svg{flex:none}.badge{vertical-align:middle}
        .succeeded{--own:var(--ok);--own-ground:var(--ok-ground)}.failed{--own:var(--bad);--own-ground:var(--bad-ground)}
        .running{--own:var(--run);--own-ground:var(--run-ground)}
        .skipped,.waiting,.cached{--own:var(--skip);--own-ground:var(--skip-ground)}
        .badge{color:var(--own);background:var(--own-ground)}
        .mark{stroke:var(--own);stroke-width:2.5;fill:none}.mark.full{fill:var(--own)}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(160px,1fr));gap:8px;align-items:start}
        .card{background:var(--ground);border:1px solid var(--line);border-radius:6px;padding:8px 10px}
        .card summary{cursor:pointer;list-style:none}.card summary::-webkit-details-marker{display:none}
        .card .name{display:block;color:var(--dim);font-size:.8rem}.card .name::after{content:" ▸"}.card[open] .name::after{content:" ▾"}
        .card .value{font-size:1.15rem;font-weight:600;font-variant-numeric:tabular-nums}.card p{font-size:.87rem}
        summary{cursor:pointer}details{margin:6px 0}.card{margin:0}
        .scroll{overflow-x:auto;max-width:100%}
        svg text{fill:var(--text);font:13px system-ui,sans-serif}svg text.small{font-size:12px;fill:var(--dim)}
        svg text.heading{font-weight:600}svg text.tick{font-size:11px;fill:var(--dim)}
        svg.chart{display:block;overflow:visible;max-width:100%}.ground{fill:var(--ground)}.grid{stroke:var(--line)}
        .rate{fill:var(--rate)}.meter{vertical-align:middle}.edge{fill:none;stroke:var(--dim);stroke-width:1.5}
        .node rect,.bar rect{fill:var(--own-ground);stroke:var(--own);stroke-width:1.5}.node.waiting rect{stroke-dasharray:4 3}
        .bar text{font-size:12px;pointer-events:none}.bar.cached rect{stroke-dasharray:2 2}
        .part{fill:var(--own-ground);stroke:var(--own);stroke-width:1.5}.part.full{fill:var(--own)}
        .part.open{fill:none;stroke-dasharray:4 3}.reach{stroke:var(--text);stroke-width:2}.dot{fill:var(--text)}
        .lanes{overflow:hidden}.legend span{margin-right:14px}
        table{border-collapse:collapse;font-size:.9rem;width:100%}
        th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--line)}
        .number+th:not(.number),.number+td:not(.number){padding-left:12px}
        th[scope=row]{font-weight:500}.number{text-align:right;font-variant-numeric:tabular-nums}
        .scroll td.number,td:has(.meter){white-space:nowrap}
        .scroll td,.scroll th{overflow-wrap:normal}.scroll td{min-width:64px}
        code,pre{font:.82rem/1.5 ui-monospace,monospace}
        pre.diff{overflow-x:auto;border:1px solid var(--line);border-radius:6px;padding:6px 0;margin:6px 0}
        .diff span{display:block;padding:0 10px;white-space:pre;min-width:max-content}
        .added{color:var(--ok)}.removed{color:var(--bad)}.diff .added{background:var(--ok-ground)}
        .diff .removed{background:var(--bad-ground)}.diff .hunk{color:var(--run)}.diff .about{color:var(--dim)}
        .failures{border-left:4px solid var(--bad);padding-left:12px;margin-top:24px}.failures h2{margin-top:0}
        @media(prefers-reduced-motion:no-preference){.bar.running rect,.node.running .mark{animation:pulse 2s infinite}}
        @keyframes pulse{50%{opacity:.55}}
        @media(max-width:640px){body{padding:0 10px 32px}.runs thead{position:absolute;left:-999px}
        .runs tr{display:block;padding:10px 0;border-bottom:1px solid var(--line)}
        .runs td,.runs th{display:inline-block;border:0;padding:1px 10px 1px 0}.runs th{display:block}
        .cards{grid-template-columns:repeat(2,1fr)}}
        @media screen{.scroll thead th{white-space:nowrap}}
        @media print{:root{--page:#fff;--ground:#f3f5f8;--line:#c9d0da;--text:#000;--dim:#444;--link:#000;--ok:#12693a;\
        --ok-ground:#d9f2e2;--bad:#a31523;--bad-ground:#fde0e0;--run:#0b57b7;--run-ground:#d9e8fd;--skip:#5b6270;\
        --skip-ground:#e6e9ee;--rate:#4a6fd0}
        *{print-color-adjust:exact}.skip,#connection{display:none}html{font-size:9pt}body{max-width:none;padding:0}
        .scroll{overflow:visible}details::details-content{content-visibility:visible;block-size:auto}
        .diff span{white-space:pre-wrap;min-width:0}.bar rect,.node .mark{animation:none}
        svg.chart,.card,tr,.advice li,.file summary{break-inside:avoid}h2,h3{break-after:avoid}}
        """
}
