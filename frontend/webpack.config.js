import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants } from 'node:zlib';
import CompressionPlugin from 'compression-webpack-plugin';
import CopyPlugin from 'copy-webpack-plugin';
import CssMinimizerPlugin from 'css-minimizer-webpack-plugin';
import HtmlPlugin from 'html-webpack-plugin';
import MiniCssExtractPlugin from 'mini-css-extract-plugin';
import MinimizerPlugin from 'minimizer-webpack-plugin';
import webpack from 'webpack';

const folder = fileURLToPath(new URL('.', import.meta.url));
const shared = join(folder, '..', 'shared', 'src');

/** The official worker, 5 MB with the WASM inside, is served as it comes: under a name that changes with it, so that browsers keep it. */
const sdkWorker = createRequire(import.meta.url).resolve('@nymproject/sdk/web-worker-0.js');
const sdkWorkerHash = createHash('sha256').update(readFileSync(sdkWorker)).digest('hex');
const sdkWorkerFile = `nym-sdk-worker.${sdkWorkerHash.slice(0, 20)}.js`;

/** The steps above 9 would save 10 % of the worker for 14 s of every build. */
const brotli = (/** @type {number} */ quality) => ({
  filename: '[path][base].br',
  algorithm: 'brotliCompress',
  minRatio: Infinity,
  compressionOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: quality } },
});

export default {
  mode: 'production',
  target: ['web', 'es2022'],
  context: folder,
  entry: { main: './src/main.tsx' },
  // An `eval` kind would violate the content security policy.
  devtool: 'source-map',
  output: {
    path: join(folder, 'dist', 'public'),
    filename: '[name].[contenthash:20].js',
    chunkFilename: '[name].[contenthash:20].js',
    assetModuleFilename: '[name].[contenthash:20][ext]',
    // Everything lies in one folder, wherever an operator puts that.
    publicPath: '',
    clean: true,
  },
  resolve: {
    extensions: ['.ts', '.tsx', '.js'],
    // Our packages come as TypeScript, so that the page never sees a stale build of them.
    conditionNames: ['source', '...'],
    extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
  },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        include: [join(folder, 'src'), shared],
        use: {
          loader: 'swc-loader',
          options: {
            jsc: {
              target: 'es2022',
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic' } },
            },
          },
        },
      },
      // Schemas are made when a module is loaded, which looks like an effect.
      { test: /\.ts$/, include: shared, sideEffects: false },
      {
        test: /\.css$/,
        use: [
          MiniCssExtractPlugin.loader,
          {
            loader: 'css-loader',
            options: {
              modules: {
                auto: /\.module\.css$/,
                namedExport: false,
                exportLocalsConvention: 'as-is',
                localIdentName: '[local]-[hash:base64:5]',
              },
            },
          },
        ],
      },
    ],
  },
  optimization: {
    splitChunks: false,
    // swc makes it as small as terser does, in a fifth of the time.
    minimizer: [
      new MinimizerPlugin({ minify: MinimizerPlugin.swcMinify }),
      new CssMinimizerPlugin(),
    ],
  },
  performance: { hints: false },
  plugins: [
    new webpack.DefinePlugin({ SDK_WORKER_FILE: JSON.stringify(sdkWorkerFile) }),
    new HtmlPlugin({
      template: 'src/index.html',
      favicon: 'src/favicon.svg',
      scriptLoading: 'defer',
    }),
    new MiniCssExtractPlugin({ filename: '[name].[contenthash:20].css' }),
    new CopyPlugin({
      // `minimized` keeps the minimizer away from it.
      patterns: [{ from: sdkWorker, to: sdkWorkerFile, info: { minimized: true } }],
    }),
    new CompressionPlugin({ ...brotli(11), exclude: [/nym-sdk-worker/, /\.map$/] }),
    new CompressionPlugin({ ...brotli(9), include: [/nym-sdk-worker/, /\.map$/] }),
    new CompressionPlugin({
      filename: '[path][base].gz',
      algorithm: 'gzip',
      minRatio: Infinity,
      compressionOptions: { level: 9 },
    }),
  ],
};
