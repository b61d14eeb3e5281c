/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  serverExternalPackages: ['pg', 'pino'],
  experimental: { optimizePackageImports: ['lucide-react', 'radix-ui'] },
};

export default config;
