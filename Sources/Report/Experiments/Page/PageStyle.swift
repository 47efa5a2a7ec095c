/// The style sheet of report pages: one column on telephones, light or dark as the reader's system
/// is, and on paper.
enum PageStyle {
  static let text = """
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --ink: #1c2430; --soft: #5a6675; --line: #d9dee5; --panel: #f6f8fa;
      --accent: #0072b2; --good: #00754f; --warn: #8a5a00; --warn-paper: #fff6e0;
      --heat: 0, 114, 178;
      --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #b0528f; --c4: #b98500; --c5: #3b94c4;
      --c6: #6b5bb5; --c7: #4b5563;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #12161c; --ink: #e6eaf0; --soft: #9aa7b6; --line: #2d3641; --panel: #1a2029;
        --accent: #5eb3e6; --good: #4fd1a1; --warn: #f0c46b; --warn-paper: #2a2416;
        --heat: 60, 150, 215;
        --c0: #5eb3e6; --c1: #ff8a3d; --c2: #3ecf9f; --c3: #e79cc8; --c4: #f0bf4c; --c5: #8fd0f5;
        --c6: #a99bf0; --c7: #b6c0cc;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
    }
    main { max-width: 1120px; margin: 0 auto; padding: 24px 20px 64px; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
    h2 { font-size: 1.2rem; margin: 44px 0 6px; }
    p { margin: 6px 0 10px; max-width: 75ch; }
    .lead { color: var(--soft); margin-bottom: 18px; }
    .verdict {
      border-left: 4px solid var(--accent); background: var(--panel); padding: 12px 16px;
      margin: 16px 0; max-width: none;
    }
    .warnings { background: var(--warn-paper); border-left: 4px solid var(--warn);
      padding: 10px 16px 10px 32px; margin: 16px 0; }
    .note { color: var(--soft); font-size: 0.9rem; }
    .scroll { overflow-x: auto; margin: 10px 0; }
    table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: left;
      vertical-align: top; white-space: nowrap; }
    thead th { color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); }
    tbody th { font-weight: 400; position: sticky; left: 0; background: var(--paper); }
    .number { text-align: right; }
    td.wrap { white-space: normal; min-width: 16rem; }
    .winner th, .winner td { font-weight: 700; }
    .interval { color: var(--soft); font-weight: 400; }
    .heat td { text-align: center; min-width: 4.2em; border: 2px solid var(--paper); }
    .chart { position: relative; width: 100%; margin: 10px 0; }
    .pick { margin: 8px 0; }
    select { font: inherit; color: inherit; background: var(--panel);
      border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px; max-width: 100%; }
    blockquote { margin: 8px 0; padding: 12px 16px; background: var(--panel); max-width: 80ch; }
    pre { background: var(--panel); padding: 12px 16px; overflow-x: auto; font-size: 0.85rem; }
    details { margin: 8px 0; }
    summary { cursor: pointer; color: var(--accent); }
    a { color: var(--accent); }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: 0.9rem; }
    dt { color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; }
    @media (max-width: 600px) {
      th, td { padding: 5px 8px; }
      main { padding: 16px 14px 48px; }
      h1 { font-size: 1.35rem; }
      dl { grid-template-columns: 1fr; }
      dd { margin-bottom: 6px; }
      tbody th { min-width: 32vw; max-width: 45vw; white-space: normal;
        overflow-wrap: break-word; }
    }
    @media print { .scroll { overflow: visible; } .pick { display: none; } }
    """
}
