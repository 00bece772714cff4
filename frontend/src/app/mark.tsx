/** The mark: lines of a text, out of order. */
export function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <g fill="var(--on-accent)">
        <rect x="6" y="8" width="12" height="4" rx="2" />
        <rect x="21" y="8" width="5" height="4" rx="2" opacity=".6" />
        <rect x="6" y="14" width="5" height="4" rx="2" opacity=".6" />
        <rect x="14" y="14" width="12" height="4" rx="2" />
        <rect x="6" y="20" width="9" height="4" rx="2" />
        <rect x="18" y="20" width="8" height="4" rx="2" opacity=".6" />
      </g>
    </svg>
  );
}
