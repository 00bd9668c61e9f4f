import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vite";
import { icon } from "./icon.ts";

// The app is served by the register's own server under /tablet/, and nothing is ever fetched from elsewhere.
export default defineConfig({
  base: "/tablet/",
  build: {
    outDir: "../../server/web/static/tablet",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  plugins: [
    {
      name: "icons",
      generateBundle() {
        for (const size of [192, 512]) this.emitFile({ type: "asset", fileName: `icon-${size}.png`, source: icon(size) });
      },
    },
    VitePWA({
      registerType: "prompt",
      injectRegister: false,
      manifestFilename: "manifest.webmanifest",
      manifest: {
        id: "/tablet/",
        name: "Выезд — планшет бригады",
        short_name: "Выезд",
        lang: "ru",
        start_url: "/tablet/",
        scope: "/tablet/",
        display: "standalone",
        background_color: "#f6f4ef",
        theme_color: "#0b4a55",
        icons: [
          { src: "icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
          { src: "icon.svg", sizes: "any", type: "image/svg+xml" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{js,css,html,svg,png,webmanifest}"],
        navigateFallback: "index.html",
        inlineWorkboxRuntime: true,
        sourcemap: false,
      },
    }),
  ],
  test: { include: ["tests/**/*.test.ts"], environment: "node", setupFiles: ["fake-indexeddb/auto"], testTimeout: 60_000 },
} as Parameters<typeof defineConfig>[0]);
