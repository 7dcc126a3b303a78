// SPDX-License-Identifier: BSD-3-Clause
// credence sample and summary, as a user runs them.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <csignal>
#include <fstream>
#include <sstream>

using namespace credence::test;
using json = nlohmann::json;

namespace {

const std::string schools = R"({"J": 8, "y": [28, 8, -3, 7, -1, 1, 18, 12], "sigma": [15, 10, 16, 11, 9, 11, 10, 18]})";

/// A file without its comment lines.
std::string without_comments(const std::string& path) {
  std::istringstream lines(read_file(path));
  std::string line, kept;
  while (std::getline(lines, line)) {
    if (line.empty() || line[0] != '#') kept += line + "\n";
  }
  return kept;
}

}  // namespace

TEST_CASE("credence sample: eight schools, to files and back", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto result = run_credence({"sample", "eight_schools", "--data", data, "--seed", "1", "--adapt-target", "0.95",
                                    "--output", scratch.path("out.csv"), "--format", "json"});
  REQUIRE(result.code == 0);
  const json shown = json::parse(result.out);
  CHECK(shown["seed"] == 1);
  CHECK(shown["parameters"].size() == 10);
  CHECK(shown["files"].size() == 4);
  for (const char* key : {"warmup_seconds", "sampling_seconds", "gradients", "warnings", "sampler"}) {
    CHECK(shown.contains(key));
  }
  // Reference: mean of mu 4.42 (sd 3.3); 4 chains give it within 0.5.
  CHECK_THAT(shown["parameters"]["mu"]["mean"].get<double>(), WithinAbs(4.4, 0.5));
  CHECK(shown["parameters"]["theta[1]"]["rhat"].get<double>() < 1.01);
  CHECK_FALSE(scratch.has("out_1.csv.partial"));

  std::vector<std::string> arguments{"summary", "--format", "json"};
  for (int k = 1; k <= 4; ++k) arguments.push_back(scratch.path("out_" + std::to_string(k) + ".csv"));
  const json again = json::parse(run_credence(arguments).out);
  CHECK(again["parameters"] == shown["parameters"]);
  CHECK(again["sampler"] == shown["sampler"]);
  CHECK(again["warnings"] == shown["warnings"]);

  const auto people = run_credence({"summary", scratch.path("out_1.csv"), scratch.path("out_2.csv")});
  CHECK_THAT(people.out, Contains("theta[1]") && Contains("ess_bulk") && Contains("2 chains of 1000 draws"));
}

TEST_CASE("credence sample: equal files for any thread count, and for more chains", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto run = [&](const std::string& name, const std::string& threads, const std::string& chains) {
    const auto result =
        run_credence({"sample", "eight_schools", "--data", data, "--seed", "5", "--warmup", "100", "--draws", "50",
                      "--threads", threads, "--chains", chains, "--output", scratch.path(name + ".csv"), "--quiet"});
    REQUIRE(result.code == 0);
    CHECK(result.err.empty());
  };
  run("one", "1", "4");
  run("two", "2", "4");
  run("many", "2", "6");
  for (const char* k : {"1", "2", "3", "4"}) {
    const std::string text = without_comments(scratch.path("one_" + std::string(k) + ".csv"));
    CHECK(line_count(text) == 51);
    CHECK(text == without_comments(scratch.path("two_" + std::string(k) + ".csv")));
    CHECK(text == without_comments(scratch.path("many_" + std::string(k) + ".csv")));
  }
}

TEST_CASE("credence sample: the seed is printed when the program chose it", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto result = run_credence({"sample", "eight_schools", "--data", data, "--warmup", "50", "--draws", "20",
                                    "--chains", "1", "--thin", "3", "--output", scratch.path("out")});
  CHECK(result.code == 0);
  CHECK_THAT(result.out, Contains("\nseed "));
  CHECK_THAT(result.out, Contains("1 chain of 7 draws"));
  CHECK(scratch.has("out_1.csv"));
}

TEST_CASE("credence sample: --target-ess ends the run, or says that it could not", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto run = [&](const std::string& wanted, std::vector<std::string> extra) {
    std::vector<std::string> arguments{
        "sample", "eight_schools", "--data", data,           "--seed", "5",        "--warmup",
        "300",    "--format",      "json",   "--target-ess", wanted,   "--output", scratch.path("out.csv")};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const auto result = run_credence(arguments);
    REQUIRE(result.code == 0);
    return json::parse(result.out);
  };
  const json some = run("300", {});
  CHECK(some["target_ess_reached"] == true);
  for (const auto& [name, of] : some["parameters"].items()) {
    CAPTURE(name);
    CHECK(of["ess_bulk"] >= 300.0);
    CHECK(of["ess_tail"] >= 300.0);
  }
  const auto draws = some["chain_details"][0]["draws"].get<std::int64_t>();
  CHECK(draws < 10000);
  const std::string text = read_file(scratch.path("out_1.csv"));
  CHECK_THAT(text, Contains("stopped after " + std::to_string(draws) + " of 10000 draws"));
  CHECK(line_count(without_comments(scratch.path("out_1.csv"))) == draws + 1);
  const json never = run("100000", {"--draws", "150"});
  CHECK(never["target_ess_reached"] == false);
  CHECK_THAT(never["warnings"].dump(), Contains("--target-ess 100000 was not reached"));
}

TEST_CASE("credence sample: bad use is 64", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto with = [&](std::vector<std::string> extra) {
    std::vector<std::string> arguments{"sample", "eight_schools", "--data", data, "--output", scratch.path("out.csv")};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    return run_credence(arguments);
  };
  check_refused(with({"--chains", "-4"}), 64, "--chains is -4");
  check_refused(with({"--chains", "0"}), 64, "--chains is 0");
  check_refused(with({"--draws", "0"}), 64, "--draws is 0");
  check_refused(with({"--warmup", "-1"}), 64, "--warmup is -1");
  check_refused(with({"--thin", "0"}), 64, "--thin is 0");
  check_refused(with({"--adapt-target", "1"}), 64, "--adapt-target is 1");
  check_refused(with({"--max-depth", "31"}), 64, "--max-depth is 31");
  check_refused(with({"--init-radius", "-2"}), 64, "--init-radius is -2");
  check_refused(with({"--method", "walnuts"}), 64, "--method");
  check_refused(with({"--metric", "round"}), 64, "--metric");
  check_refused(with({"--metric", "lowrank", "--estimator", "variance"}), 64, "--estimator is variance");
  check_refused(with({"--method", "rwm", "--metric", "lowrank"}), 64, "gradients");
  check_refused(with({"--method", "slice", "--adapt-target", "0.9"}), 64, "slice has no acceptance rate");
  check_refused(with({"--method", "slice", "--metric", "dense"}), 64, "--metric is dense");
  check_refused(with({"--jitter", "2"}), 64, "--jitter is 2");
  check_refused(with({"--target-ess", "0"}), 64, "--target-ess is 0");
  check_refused(with({"--method", "smc", "--target-ess", "100"}), 64, "not for smc");
  check_refused(with({"--method", "smc", "--checkpoint", scratch.path("c")}), 64, "not for smc");
  check_refused(with({"--method", "chees", "--metric", "dense"}), 64, "not for chees");
  check_refused(with({"--variables", "zeta"}), 64, "zeta");
  check_refused(with({"--resume", scratch.path("absent")}), 66, "absent");
  check_refused(with({"--resume", data}), 65, "no checkpoint");
  check_refused(run_credence({"sample", "eight_schools"}), 64, "--data");
  check_refused(run_credence({"sample", "nine_schools", "--data", data}), 64, "did you mean eight_schools?");
  check_refused(with({"--output", "-"}), 64, "--output");
  CHECK_FALSE(scratch.has("out_1.csv"));
  CHECK_FALSE(scratch.has("out_1.csv.partial"));
}

TEST_CASE("credence sample: bad data are 65 and 66, named with their place", "[cli][sample]") {
  const scratch_folder scratch;
  const auto with = [&](const std::string& text) {
    return run_credence(
        {"sample", "eight_schools", "--data", scratch.write("bad.json", text), "--output", scratch.path("out.csv")});
  };
  check_refused(run_credence({"sample", "eight_schools", "--data", scratch.path("absent.json")}), 66, "absent.json");
  check_refused(with("{\"J\": 8,\n \"y\": [1, 2,, 3]}"), 65, "bad.json:2:");
  check_refused(with(R"({"J": 2, "y": [1, 2]})"), 65, "no entry sigma");
  check_refused(with(R"({"J": 3, "y": [1, 2], "sigma": [1, 1, 1]})"), 65, "data y has shape (2)");
  check_refused(with(R"({"J": 2, "y": [1, "NaN"], "sigma": [1, 1]})"), 65, "y[2] is NaN");
  check_refused(with(R"({"J": 2, "y": [1, 2], "sigma": [1, -1]})"), 65, "sigma[2] is -1");
  check_refused(with(R"({"J": 1.5, "y": [1], "sigma": [1]})"), 65, "J is 1.5");
  CHECK_FALSE(scratch.has("out_1.csv"));
  CHECK_FALSE(scratch.has("out_1.csv.partial"));
}

TEST_CASE("credence sample: an unwritable output is 73", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  check_refused(run_credence({"sample", "eight_schools", "--data", data, "--output", scratch.path("no/such/out.csv")}),
                73, "no/such/out_1.csv");
}

TEST_CASE("credence sample: a full disk is 73 and keeps whole draws", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const std::string output = scratch.path("out.csv"), err = scratch.path("err");
  const pid_t child = fork();
  if (child == 0) {
    // A limit on the size of files fails as a full disk does: a write ends early, the next one gives an error.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100000, 100000};
    setrlimit(RLIMIT_FSIZE, &limit);
    if (freopen(err.c_str(), "w", stderr) == nullptr || freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
    execl(CREDENCE_EXECUTABLE, CREDENCE_EXECUTABLE, "sample", "eight_schools", "--data", data.c_str(), "--draws",
          "100000", "--chains", "2", "--seed", "4", "--output", output.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 73);
  const std::string told = read_file(err);
  CHECK(line_count(told) == 1);
  CHECK_THAT(told, Contains("cannot write") && Contains("finished draws are kept in") && Contains("out_1.csv.partial"));
  CHECK_FALSE(scratch.has("out_1.csv"));
  // The file ends with a whole line, and its draws are those of a run that had room.
  const std::string kept = without_comments(scratch.path("out_1.csv.partial"));
  CHECK(read_file(scratch.path("out_1.csv.partial")).size() > 90000);
  REQUIRE_FALSE(kept.empty());
  CHECK(kept.back() == '\n');
  CHECK(line_count(kept) > 300);
  CHECK(run_credence({"summary", scratch.path("out_1.csv.partial")}).code == 0);
  REQUIRE(run_credence({"sample", "eight_schools", "--data", data, "--draws", "1500", "--chains", "1", "--seed", "4",
                        "--output", scratch.path("room.csv"), "--quiet"})
              .code == 0);
  CHECK(without_comments(scratch.path("room_1.csv")).rfind(kept, 0) == 0);
}

TEST_CASE("credence sample: --strict turns warnings into 1 and keeps the files", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto with = [&](std::vector<std::string> extra) {
    std::vector<std::string> arguments{"sample",   "eight_schools_centered", "--data", data, "--seed", "1",
                                       "--output", scratch.path("out.csv")};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    return run_credence(arguments);
  };
  const auto lenient = with({});
  CHECK(lenient.code == 0);
  CHECK_THAT(lenient.err, Contains("warning: ") && Contains("diverged") && Contains("tau is small"));
  const auto strict = with({"--strict", "--format", "json"});
  CHECK(strict.code == 1);
  CHECK_FALSE(json::parse(strict.out)["warnings"].empty());
  CHECK(scratch.has("out_4.csv"));
  CHECK(run_credence({"summary", scratch.path("out_1.csv"), "--strict", "--quiet"}).code == 1);
}

TEST_CASE("credence sample: without CUDA --device cuda is 69", "[cli][sample]") {
  const scratch_folder scratch;
  const auto result = run_credence({"sample", "eight_schools", "--data", scratch.write("data.json", schools),
                                    "--device", "cuda", "--output", scratch.path("out.csv")});
  check_refused(result, 69, "CUDA");
  CHECK_FALSE(scratch.has("out_1.csv.partial"));
}

TEST_CASE("credence sample: no bar where standard error is no terminal", "[cli][sample]") {
  const scratch_folder scratch;
  const auto result =
      run_credence({"sample", "eight_schools", "--data", scratch.write("data.json", schools), "--seed", "2",
                    "--adapt-target", "0.95", "--draws", "60000", "--output", scratch.path("out.csv")});
  REQUIRE(result.code == 0);
  CHECK(result.seconds > 1.0);  // long enough for a bar
  CHECK(result.err.find('\r') == std::string::npos);
}

TEST_CASE("credence sample: every method and metric runs and is told in the files", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto run = [&](std::vector<std::string> extra) {
    std::vector<std::string> arguments{"sample", "eight_schools", "--data", data,       "--seed",
                                       "1",      "--format",      "json",   "--output", scratch.path("out.csv")};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const auto result = run_credence(arguments);
    CAPTURE(extra, result.err);
    REQUIRE(result.code == 0);
    return json::parse(result.out);
  };
  const auto head = [&] { return read_file(scratch.path("out_1.csv")).substr(0, 20000); };
  for (const std::string method : {"nuts", "hmc", "mala", "barker", "rwm", "independence", "slice", "elliptical"}) {
    const json shown = run({"--method", method, "--draws", "3000"});
    CAPTURE(method, shown["parameters"]["mu"]);
    // Reference: mean of mu 4.42, sd 3.3. Five of its own standard errors.
    const auto& mu = shown["parameters"]["mu"];
    CHECK_THAT(mu["mean"].get<double>(), WithinAbs(4.42, 5.0 * mu["mcse_mean"].get<double>()));
    CHECK(mu["ess_bulk"].get<double>() > 50.0);
    CHECK_THAT(head(), Contains("# engine = " + method));
  }
  for (const std::string metric : {"unit", "diag", "dense", "lowrank"}) {
    const json shown = run({"--metric", metric, "--adapt-target", "0.9"});
    CHECK_THAT(shown["parameters"]["mu"]["mean"].get<double>(), WithinAbs(4.42, 0.5));
  }
  CHECK_THAT(head(), Contains("# metric = low_rank_e") && Contains("# Elements of inverse mass matrix:"));
  run({"--estimator", "fisher"});
  CHECK_THAT(head(), Contains("# Diagonal elements of inverse mass matrix:"));
}

TEST_CASE("credence sample: many chains in one array, and the evidence", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto run = [&](std::vector<std::string> extra) {
    std::vector<std::string> arguments{"sample", "eight_schools", "--data", data,       "--seed",
                                       "1",      "--format",      "json",   "--output", scratch.path("out.csv")};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const auto result = run_credence(arguments);
    CAPTURE(extra, result.err);
    REQUIRE(result.code == 0);
    return json::parse(result.out);
  };
  const auto close = [](const json& shown) {
    const auto& mu = shown["parameters"]["mu"];
    CAPTURE(mu);
    CHECK_THAT(mu["mean"].get<double>(), WithinAbs(4.42, 5.0 * mu["mcse_mean"].get<double>()));
    CHECK(mu["mcse_mean"].get<double>() < 0.5);
  };
  const json wide = run({"--method", "chees", "--warmup", "300", "--draws", "100"});
  close(wide);
  CHECK(wide["chains"] == 32);
  const json header = json::parse(read_file(scratch.path("out.json")));
  CHECK(header["columns"].size() == 17);
  const std::string array = read_file(scratch.path("out.npy"));
  CHECK(array.size() == 128 + 8 * 32 * 100 * 17);
  CHECK_FALSE(scratch.has("out_1.csv"));
  close(run({"--method", "ensemble", "--draws", "2000"}));
  const json tempered = run({"--method", "tempering", "--draws", "4000"}), particles = run({"--method", "smc"});
  close(tempered);
  close(particles);
  // Two ways to one number.
  const double both =
      std::hypot(tempered["log_evidence_std_error"].get<double>(), particles["log_evidence_std_error"].get<double>());
  CHECK_THAT(tempered["log_evidence"].get<double>(), WithinAbs(particles["log_evidence"].get<double>(), 5.0 * both));
  CHECK(both < 0.3);
}

TEST_CASE("credence sample: models without data need none", "[cli][sample]") {
  const scratch_folder scratch;
  const auto result = run_credence({"sample", "funnel", "--seed", "1", "--output", scratch.path("out.csv")});
  CHECK(result.code == 0);
  CHECK_THAT(result.err, Contains("warning"));  // a funnel that samples without a word would be a wrong one
  CHECK(run_credence({"sample", "banana", "--seed", "1", "--output", scratch.path("out.csv"), "--quiet"}).code == 0);
}

TEST_CASE("credence sample: killed in the middle, it goes on to equal files", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const std::string checkpoint = scratch.path("state");
  const auto arguments = [&](const std::string& output) {
    return std::vector<std::string>{"sample",
                                    "eight_schools",
                                    "--data",
                                    data,
                                    "--chains",
                                    "2",
                                    "--draws",
                                    "300000",
                                    "--thin",
                                    "30",
                                    "--seed",
                                    "6",
                                    "--threads",
                                    "2",
                                    "--quiet",
                                    "--output",
                                    scratch.path(output)};
  };
  auto whole = arguments("whole.csv");
  REQUIRE(run_credence(whole).code == 0);

  auto first = arguments("part.csv");
  first.insert(first.end(), {"--checkpoint", checkpoint, "--checkpoint-seconds", "0.05"});
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> argv{const_cast<char*>(CREDENCE_EXECUTABLE)};
    for (std::string& argument : first) argv.push_back(argument.data());
    argv.push_back(nullptr);
    if (freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
    execv(CREDENCE_EXECUTABLE, argv.data());
    _exit(127);
  }
  for (int wait = 0; wait < 1000 && !scratch.has("state"); ++wait) usleep(10000);
  usleep(300000);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));  // it had not come to its end
  REQUIRE(scratch.has("state"));
  REQUIRE(scratch.has("part_1.csv.partial"));

  auto other = arguments("part.csv");
  other[1] = "eight_schools_centered";
  other.insert(other.end(), {"--resume", checkpoint});
  check_refused(run_credence(other), 65, "has model eight_schools, but the run has eight_schools_centered");

  auto second = arguments("part.csv");
  second.insert(second.end(), {"--resume", checkpoint});
  const auto resumed = run_credence(second);
  CAPTURE(resumed.err);
  REQUIRE(resumed.code == 0);
  for (const char* k : {"_1.csv", "_2.csv"}) {
    CHECK(without_comments(scratch.path("part" + std::string(k))) ==
          without_comments(scratch.path("whole" + std::string(k))));
  }
  CHECK_FALSE(scratch.has("part_1.csv.partial"));
  CHECK_FALSE(scratch.has("state"));
}

TEST_CASE("credence sample: starts from a file", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const auto with = [&](const std::string& text) {
    return run_credence({"sample", "eight_schools", "--data", data, "--init-file", scratch.write("init.json", text),
                         "--warmup", "20", "--draws", "10", "--output", scratch.path("out.csv"), "--quiet"});
  };
  CHECK(with(R"({"z": [0, 0, 0, 0, 0, 0, 0, 0], "mu": 4, "tau": 3})").code == 0);
  check_refused(with(R"({"z": [0, 0, 0, 0, 0, 0, 0, 0], "mu": 4, "tau": -3})"), 65, "tau is -3");
  check_refused(with(R"({"mu": 4, "tau": 3})"), 65, "no entry named z");
}

TEST_CASE("credence summary: the decimal points of a column stand below each other", "[cli][summary]") {
  const scratch_folder scratch;
  const auto file = scratch.write("a.csv", "lp__,x,y\n1,12.25,0.001\n1,13.5,0.002\n1,11.5,0.004\n1,10.5,0.003\n");
  const auto shown = run_credence({"summary", file, "--quiet"});
  REQUIRE(shown.code == 0);
  std::istringstream lines(shown.out);
  std::string heading, x, y;
  std::getline(lines, heading);
  std::getline(lines, x);
  std::getline(lines, y);
  CAPTURE(shown.out);
  CHECK(x.find('.') == y.find('.'));
  CHECK_THAT(x, Contains("11.94"));
  CHECK_THAT(y, Contains("0.002500"));
}

TEST_CASE("credence summary: bad files", "[cli][summary]") {
  const scratch_folder scratch;
  check_refused(run_credence({"summary"}), 64, "files");
  check_refused(run_credence({"summary", scratch.path("absent.csv")}), 66, "absent.csv");
  check_refused(run_credence({"summary", scratch.write("bad.csv", "# x\nlp__,a\n1,2\n1,oops\n")}), 65, "bad.csv:4:3");
  check_refused(run_credence({"summary", scratch.write("empty.csv", "")}), 65, "empty.csv");
  check_refused(run_credence({"summary", scratch.write("row.csv", "lp__,a\n1,2\n1\n")}), 65, "row.csv:3");
  check_refused(
      run_credence({"summary", scratch.write("one.csv", "lp__,a\n1,2\n"), scratch.write("two.csv", "lp__,b\n1,2\n")}),
      65, "b");
  check_refused(run_credence({"summary", scratch.write("utf.csv", "lp__,\xff\n1,2\n")}), 65, "utf.csv:1");
}

TEST_CASE("credence sample: Ctrl-C keeps the finished draws", "[cli][sample]") {
  const scratch_folder scratch;
  const auto data = scratch.write("data.json", schools);
  const std::string output = scratch.path("out.csv"), err = scratch.path("err");
  const pid_t child = fork();
  if (child == 0) {
    if (freopen(err.c_str(), "w", stderr) == nullptr || freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
    execl(CREDENCE_EXECUTABLE, CREDENCE_EXECUTABLE, "sample", "eight_schools", "--data", data.c_str(), "--draws",
          "100000000", "--chains", "1", "--thin", "1000", "--output", output.c_str(), nullptr);
    _exit(127);
  }
  sleep(2);
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
  CHECK_THAT(read_file(err), Contains("interrupted"));
  REQUIRE(scratch.has("out_1.csv"));
  CHECK_THAT(read_file(scratch.path("out_1.csv")), Contains("# stopped after"));
  CHECK(run_credence({"summary", scratch.path("out_1.csv")}).code == 0);
}
