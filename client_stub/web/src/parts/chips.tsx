/** A choice among few, every one in sight. */

interface Option {
  value: any;
  label: string;
}

interface OneProps {
  options: Option[];
  value: any;
  name: string;
  /** A second press on the chosen one takes the choice back. */
  optional?: boolean;
  onChange: (value: any) => void;
}

export function OneOf({ options, value, name, optional, onChange }: OneProps) {
  return (
    <div class="chips" role="group" aria-label={name}>
      {options.map((option) => {
        const chosen = option.value === value;
        return (
          <button
            type="button"
            class="chip"
            key={String(option.value)}
            aria-pressed={chosen}
            onClick={() => onChange(chosen && optional ? null : option.value)}
          >
            {option.label}
          </button>
        );
      })}
    </div>
  );
}

export function SomeOf({ options, value, name, onChange }: Omit<OneProps, "optional" | "value"> & { value: any[] }) {
  const toggle = (each: any) => onChange(value.includes(each) ? value.filter((other) => other !== each) : [...value, each]);
  return (
    <div class="chips" role="group" aria-label={name}>
      {options.map((option) => (
        <button
          type="button"
          class="chip"
          key={String(option.value)}
          aria-pressed={value.includes(option.value)}
          onClick={() => toggle(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
