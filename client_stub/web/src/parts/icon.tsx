/** Line drawings, 24 by 24. */

const PATHS = {
  back: "M15 5l-7 7 7 7",
  route: "M6 19a2 2 0 100-4 2 2 0 000 4zM18 9a2 2 0 100-4 2 2 0 000 4zM8 17h7a3 3 0 000-6H9a3 3 0 010-6h5",
  families: "M4 20v-9l8-6 8 6v9zM10 20v-5h4v5",
  home: "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
  more: "M4 7h16M4 12h16M4 17h16",
  phone: "M6 3h4l1.5 5L9 10a12 12 0 005 5l2-2.500 5 1.500v4a2 2 0 01-2 2A16 16 0 014 5a2 2 0 012-2z",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 16a3 3 0 100-6 3 3 0 000 6z",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 016 0v3",
  plus: "M12 5v14M5 12h14",
  place: "M12 21s7-6 7-11a7 7 0 10-14 0c0 5 7 11 7 11zM12 12a2 2 0 100-4 2 2 0 000 4z",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
