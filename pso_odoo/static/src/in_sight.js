import { useEffect } from "@odoo/owl";

/**
 * Does something when an element comes into sight, once for each set of dependencies:
 * what is below the fold is asked for by who looks at it.
 *
 * @param {{ el: HTMLElement | null }} ref
 * @param {() => void} callback
 * @param {() => any[]} dependencies that ask for it anew
 */
export function useInSight(ref, callback, dependencies) {
    useEffect(
        (el) => {
            if (!el) {
                return;
            }
            const observer = new IntersectionObserver((entries) => {
                if (entries.some((entry) => entry.isIntersecting)) {
                    observer.disconnect();
                    callback();
                }
            });
            observer.observe(el);
            return () => observer.disconnect();
        },
        () => [ref.el, ...dependencies()]
    );
}
