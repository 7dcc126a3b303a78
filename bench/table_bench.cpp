// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing tables. The file is 28 columns of numbers with up to 17 digits, as in physics tables.
// CREDENCE_BENCH_ROWS sets its length (default 100000); CREDENCE_BENCH_CSV reads that file instead.
#include "credence/table/csv.hpp"
#include "credence/table/files.hpp"
#include "credence/table/numbers.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>
#include <string>

using namespace credence;

namespace {

const std::string& csv_text() {
  static const std::string text = [] {
    if (const char* path = std::getenv("CREDENCE_BENCH_CSV")) return read_file(path);
    const char* wanted = std::getenv("CREDENCE_BENCH_ROWS");
    const std::int64_t rows = wanted != nullptr ? std::atoll(wanted) : 100000;
    std::mt19937_64 engine(1);
    std::normal_distribution<double> normal;
    std::string out;
    for (int c = 0; c < 28; ++c) out += (c > 0 ? ",x" : "x") + std::to_string(c);
    for (std::int64_t i = 0; i < rows * 28; ++i) {
      out += i % 28 == 0 ? '\n' : ',';
      append_number(out, normal(engine));
    }
    return out += '\n';
  }();
  return text;
}

void csv_read_28_columns(benchmark::State& state) {
  const std::string& text = csv_text();
  for (auto _ : state) benchmark::DoNotOptimize(parse_csv(exec::cpu(static_cast<int>(state.range(0))), text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void csv_write_28_columns(benchmark::State& state) {
  const table data = parse_csv(exec::cpu(), csv_text());
  std::int64_t bytes = 0;
  for (auto _ : state) bytes += static_cast<std::int64_t>(to_csv(data).size());
  state.SetBytesProcessed(bytes);
}

}  // namespace

BENCHMARK(csv_read_28_columns)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(csv_write_28_columns)->Unit(benchmark::kMillisecond)->UseRealTime();
