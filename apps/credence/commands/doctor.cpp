// SPDX-License-Identifier: BSD-3-Clause
// credence doctor: what this machine and this build offer, and whether each part gives its known answers here.
#include "credence/command.hpp"
#include "credence/version_text.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/base/simd.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/philox.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>

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

/// exp against libm at arguments over the whole range; both are within a few units in the last place.
check_result check_exp() {
  double worst = 0.0;
  for (double x = -700.0; x <= 700.0; x += 0.7371) {
    const double reference = std::exp(x);
    const double ulp = std::nextafter(reference, INFINITY) - reference;
    worst = std::max(worst, std::abs(math::exp(x) - reference) / ulp);
  }
  return {"base: portable exp", worst <= 2.0, fmt::format("at most {:.2g} ulp from libm", worst)};
}

/// One element of work whose result every thread count has to reproduce to the last bit.
std::vector<double> parallel_values(const exec::context& ctx, std::int64_t n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  exec::for_each(ctx, n, [&](std::int64_t i) {
    const auto words = philox4x32(static_cast<std::uint64_t>(i), 0, 7);
    values[static_cast<std::size_t>(i)] = math::log((words.word[0] + 0.5) * 0x1p-32);
  });
  return values;
}

check_result check_threads(const exec::context& ctx) {
  constexpr std::int64_t n = 200000;
  const auto alone = parallel_values(exec::cpu(1), n), together = parallel_values(exec::cpu(ctx.threads), n);
  const bool equal = std::memcmp(alone.data(), together.data(), sizeof(double) * alone.size()) == 0;
  return {"exec: equal bits on 1 and more threads", equal, fmt::format("{} elements on {} threads", n, ctx.threads)};
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
  for (const auto& check : {check_philox(), check_exp(), check_threads(now.context)}) {
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
