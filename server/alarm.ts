/** A sleep that a wake ends early; a wake while awake makes the next sleep end at once. */
export class Alarm {
  #woken = false;
  #ring: (() => void) | null = null;

  ring(): void {
    this.#woken = true;
    this.#ring?.();
  }

  /** Rings once that long from now, or sooner. */
  ringWithin(ms: number): void {
    setTimeout(() => this.ring(), ms).unref();
  }

  async sleep(ms: number): Promise<void> {
    if (!this.#woken)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#ring = null;
    this.#woken = false;
  }
}
