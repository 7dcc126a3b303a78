// SPDX-License-Identifier: BSD-3-Clause
// credence doctor: what this machine and this build offer, and whether each part gives its known answers here.
#include "credence/command.hpp"
#include "credence/version_text.hpp"

#include "credence/base/array_math.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/base/simd.hpp"
#include "credence/exec/reduce.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/philox.hpp"
#include "credence/tensor/gemm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <vector>

namespace credence::app {

namespace {

struct options {};

struct check_result {
  std::string name;
  bool passed;
  std::string detail;
};

std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  }
  return "cpu";
}

/// The published vector of the Random123 distribution, and the 10000th word of C++26's std::philox4x32.
check_result check_philox() {
  const auto words = philox4x32(0x85a308d3243f6a88ULL, 0x0370734413198a2eULL, 0x299f31d0a4093822ULL);
  const bool vector = words.word[0] == 0xd16cfe09U && words.word[1] == 0x94fdccebU && words.word[2] == 0x5001e420U &&
                      words.word[3] == 0x24126ea1U;
  const bool standard = philox4x32(2499, 0, 20111115).word[3] == 1955073260U;
  return {"random: philox4x32 known answers", vector && standard, "Random123 vector, std::philox4x32"};
}

/// The vectorised exp against libm over the whole range, and against the scalar function bit by bit.
check_result check_exp() {
  std::vector<double> x;
  for (double value = -700.0; value <= 700.0; value += 0.7371) x.push_back(value);
  std::vector<double> values(x.size());
  array::exp(x, values);
  double worst = 0.0;
  bool same_bits = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double reference = std::exp(x[i]);
    worst = std::max(worst, std::abs(values[i] - reference) / (std::nextafter(reference, INFINITY) - reference));
    same_bits = same_bits && std::bit_cast<std::uint64_t>(values[i]) == std::bit_cast<std::uint64_t>(math::exp(x[i]));
  }
  return {"base: exp, vectorised and scalar", worst <= 2.0 && same_bits,
          fmt::format("same bits, at most {:.2g} ulp from libm", worst)};
}

/// A fill with its parts in another order against the sampler of one element.
check_result check_normals() {
  const rng_key key{7, 0};
  std::vector<double> values(1000);
  random::fill_normal(key, values);
  bool equal = true;
  for (std::size_t i = 0; i < values.size(); ++i) equal = equal && values[i] == random::normal(key, i);
  return {"random: normal variates, bulk and single", equal, "1000 elements, same bits"};
}

/// A sum that rounds at every step: equal on any number of threads only when its order is.
check_result check_threads(const exec::context& ctx) {
  std::vector<double> values(300000);
  random::fill_normal(rng_key{8, 0}, values);
  const double alone = exec::sum(exec::cpu(1), values), together = exec::sum(exec::cpu(ctx.threads), values);
  return {"exec: the same sum on 1 and more threads",
          std::bit_cast<std::uint64_t>(alone) == std::bit_cast<std::uint64_t>(together),
          fmt::format("{} elements on {} threads", values.size(), ctx.threads)};
}

/// A matrix product against the plain sum of products.
check_result check_product() {
  constexpr std::int64_t n = 61;
  std::vector<double> a(n * n), b(n * n), c(n * n);
  random::fill_uniform(rng_key{9, 0}, a);
  random::fill_uniform(rng_key{9, 1}, b);
  gemm(exec::cpu(1), view<const double, 2>(a.data(), n, n), view<const double, 2>(b.data(), n, n),
       view<double, 2>(c.data(), n, n));
  double worst = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0.0;
      for (std::int64_t k = 0; k < n; ++k)
        sum += a[static_cast<std::size_t>(i * n + k)] * b[static_cast<std::size_t>(k * n + j)];
      worst = std::max(worst, std::abs(c[static_cast<std::size_t>(i * n + j)] - sum) / sum);
    }
  }
  // n roundings on either side, all terms positive
  return {"tensor: matrix product", worst <= 2.0 * n * 0x1p-53,
          fmt::format("{}, off by at most {:.2g}", gemm_backend(), worst)};
}

document run(const options&, session& now) {
  document result;
  json cpu;
  cpu["name"] = processor_name();
  cpu["backend"] = "cpu";
  cpu["threads"] = now.context.threads;
  cpu["available_threads"] = exec::available_threads();
  cpu["simd"] = to_string(simd());
  result.data["devices"] = json::array({cpu});
  table_text devices{"", {"device", "backend", "threads", "instructions"}, {}};
  devices.rows.push_back({cpu["name"].get<std::string>(), "cpu", std::int64_t{now.context.threads}, to_string(simd())});
  const int cuda_devices = exec::cuda_device_count();
  for (int d = 0; d < cuda_devices; ++d) {
    result.data["devices"].push_back({{"name", fmt::format("cuda:{}", d)}, {"backend", "cuda"}});
    devices.rows.push_back({fmt::format("cuda:{}", d), "cuda", {}, ""});
  }
  result.tables.push_back(std::move(devices));

  table_text checks{"", {"check", "status", "detail"}, {}};
  result.data["checks"] = json::array();
  for (const auto& check :
       {check_philox(), check_exp(), check_normals(), check_threads(now.context), check_product()}) {
    const std::string status = check.passed ? "pass" : "fail";
    result.data["checks"].push_back({{"name", check.name}, {"status", status}, {"detail", check.detail}});
    checks.rows.push_back({check.name, status, check.detail});
    result.failed = result.failed || !check.passed;
  }
  result.tables.push_back(std::move(checks));
  result.data["build"] = version_data();
  if (!exec::built_with_cuda())
    result.notes.push_back("CUDA: not in this build");
  else if (cuda_devices == 0)
    result.notes.push_back("CUDA: built in, but no device is here");
  return result;
}

}  // namespace

void add_doctor(program& all) {
  all.add(
      {.name = "doctor",
       .summary = "devices, backends, thread count, SIMD level, and a self-test of each",
       .example = "credence doctor --format json"},
      +[](CLI::App&, options&) {}, run);
}

}  // namespace credence::app
