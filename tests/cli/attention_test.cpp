// SPDX-License-Identifier: BSD-3-Clause
// credence attention compare, as a user runs it.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

using namespace credence::test;
using json = nlohmann::json;

namespace {

/// An NPY file of doubles, written by hand.
std::string npy(const std::string& shape, const std::vector<double>& values) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string out = std::string("\x93NUMPY\x01", 7) + std::string(1, '\0');
  out += static_cast<char>(header.size() & 255U);
  out += static_cast<char>(header.size() >> 8U);
  out += header;
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
  return out;
}

std::vector<double> waves(std::size_t n) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(static_cast<double>((i * 37) % 19) / 9.0 - 1.0);
  return out;
}

}  // namespace

TEST_CASE("credence attention compare: full budgets are exact, small ones are cheaper", "[cli][attention]") {
  const auto full = run_credence({"attention", "compare", "--n", "96", "--d", "16", "--heads", "2", "--budget", "96",
                                  "--forms", "local,stride,bigbird,linformer,clusters,sinkhorn", "--seed", "4",
                                  "--repeats", "1", "--format", "json", "--quiet"});
  REQUIRE(full.code == 0);
  CHECK(full.err.empty());
  const json data = json::parse(full.out);
  CHECK(data["queries"] == 96);
  CHECK(data["exact"]["operations"] == 2 * 96 * 96 * 32);
  REQUIRE(data["forms"].size() == 6);
  CHECK(data["forms"][2]["name"] == "bigbird");
  for (const json& f : data["forms"]) {
    CHECK(f["relative_error"].get<double>() < 1e-14);
    CHECK(f["seconds"].is_number());
    CHECK(f["speedup"].is_number());
  }
  const auto small = run_credence({"attention", "compare", "--n", "256", "--d", "16", "--budget", "16", "--forms",
                                   "local,performer", "--seed", "4", "--format", "json", "--quiet"});
  REQUIRE(small.code == 0);
  const json cheap = json::parse(small.out);
  for (const json& f : cheap["forms"]) {
    CHECK(f["relative_error"].get<double>() > 0.0);
    CHECK(f["operations"] < cheap["exact"]["operations"]);
  }
}

TEST_CASE("credence attention compare: everything, causal, in tables", "[cli][attention]") {
  const auto all = run_credence({"attention", "compare", "--n", "64", "--d", "8", "--repeats", "1", "--seed", "1"});
  CHECK(all.code == 0);
  for (const char* name : {"exact", "lsh", "trigonometric", "flash"}) CHECK_THAT(all.out, Contains(name));
  const auto causal = run_credence({"attention", "compare", "--n", "64", "--d", "8", "--repeats", "1", "--causal",
                                    "--format", "csv", "--quiet", "--seed", "1", "--dtype", "f32"});
  CHECK(causal.code == 0);
  CHECK_THAT(causal.out, Contains("form,relative_error,operations,share,seconds,speedup"));
  CHECK_THAT(causal.out, Contains("elu") && !Contains("linformer"));
}

TEST_CASE("credence attention compare: the user's tensors", "[cli][attention]") {
  const scratch_folder folder;
  const std::string q = folder.write("q.npy", npy("(2, 40, 8)", waves(640))),
                    k = folder.write("k.npy", npy("(1, 50, 8)", waves(400))),
                    v = folder.write("v.npy", npy("(1, 50, 4)", waves(200)));
  const auto ran = run_credence({"attention", "compare", "--q", q, "--k", k, "--v", v, "--forms", "local", "--budget",
                                 "50", "--format", "json", "--quiet", "--seed", "1"});
  REQUIRE(ran.code == 0);
  const json data = json::parse(ran.out);
  CHECK(data["heads"] == 2);
  CHECK(data["keys"] == 50);
  CHECK(data["forms"][0]["relative_error"].get<double>() < 1e-14);
}

TEST_CASE("credence attention compare: refusals are one line", "[cli][attention]") {
  const scratch_folder folder;
  const std::string q = folder.write("q.npy", npy("(40, 8)", waves(320))),
                    narrow = folder.write("narrow.npy", npy("(40, 4)", waves(160))),
                    flat = folder.write("flat.npy", npy("(40,)", waves(40)));
  const auto check = [](const std::vector<std::string>& arguments, int code, const std::string& what) {
    const auto ran = run_credence(arguments);
    CAPTURE(what, ran.err);
    CHECK(ran.code == code);
    CHECK(line_count(ran.err) == 1);
    CHECK_THAT(ran.err, Contains(what));
  };
  check({"attention", "compare", "--q", q}, 64, "go together");
  check({"attention", "compare", "--forms", "bird"}, 64, "bigbird");
  check({"attention", "compare", "--forms", "lsh", "--causal"}, 64, "lsh");
  check({"attention", "compare", "--budget", "0"}, 64, "budget");
  check({"attention", "compare", "--q", q, "--k", narrow, "--v", q, "--quiet", "--seed", "1"}, 65, "(1, 1, 40, 4)");
  check({"attention", "compare", "--q", flat, "--k", q, "--v", q, "--quiet", "--seed", "1"}, 65, "axes");
  check({"attention", "compare", "--q", folder.path("none.npy"), "--k", q, "--v", q, "--quiet", "--seed", "1"}, 66,
        "none.npy");
}
