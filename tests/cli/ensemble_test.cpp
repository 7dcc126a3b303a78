// SPDX-License-Identifier: BSD-3-Clause
// credence ensemble, as a user runs it.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

using namespace credence::test;
using json = nlohmann::json;

namespace {

/// Rows with a number, a text column and missing cells; the answer depends on both.
std::string made_table(int rows, bool regression) {
  std::ostringstream out;
  out << "size,colour,noise,answer\n";
  for (int i = 0; i < rows; ++i) {
    const int size = i * 37 % 101, colour = i * 13 % 3;
    const char* names[] = {"red", "green", "blue"};
    if (i % 17 != 0) out << size;
    out << "," << names[colour] << "," << i * 7919 % 89 << ",";
    const double y = size + 30 * (colour == 2 ? 1 : 0);
    if (regression) {
      out << y + 0.25;
    } else {
      out << (y > 65 ? "yes" : "no");
    }
    out << "\n";
  }
  return out.str();
}

}  // namespace

TEST_CASE("credence ensemble: train, predict and importance go together for every method", "[cli][ensemble]") {
  const scratch_folder folder;
  for (const bool regression : {false, true}) {
    const std::string data = folder.write("data.csv", made_table(300, regression));
    for (const std::string method :
         {"random-forest", "extra-trees", "bagging", "adaboost", "gradient-boosting", "voting", "stacking"}) {
      CAPTURE(method, regression);
      const std::string model = folder.path("model.json"), other = folder.path("other.json"),
                        out = folder.path("p.csv");
      const auto trained = run_credence({"ensemble", "train", data, "--target", "answer", "--method", method, "--seed",
                                         "1", "--threads", "1", "--format", "json", "--quiet", "--output", model});
      REQUIRE(trained.err.empty());
      REQUIRE(trained.code == 0);
      const json result = json::parse(trained.out);
      CHECK(result["task"] == (regression ? "regression" : "classification"));
      CHECK(result["metrics"][regression ? "r2" : "accuracy"] > 0.9);
      CHECK(result["seconds_train"].is_number());
      // Byte-equal for another number of threads.
      run_credence({"ensemble", "train", data, "--target", "answer", "--method", method, "--seed", "1", "--threads",
                    "3", "--quiet", "--output", other});
      CHECK(read_file(model) == read_file(other));
      const auto predicted =
          run_credence({"ensemble", "predict", model, data, "--format", "json", "--quiet", "--output", out});
      CHECK(predicted.code == 0);
      CHECK(line_count(read_file(out)) == 301);
      CHECK_THAT(read_file(out), Contains(regression ? "prediction\n" : "prediction,p_no,p_yes\n"));
      const auto importance = run_credence({"ensemble", "importance", model, "--format", "json", "--quiet"});
      if (method == "stacking") {
        CHECK(importance.code == 65);
      } else {
        CHECK(importance.code == 0);
        CHECK(json::parse(importance.out)["importances"][0]["feature"] == "size");
      }
    }
  }
}

TEST_CASE("credence ensemble evaluate: folds by the row number, a test table, other splits", "[cli][ensemble]") {
  const scratch_folder folder;
  const std::string data = folder.write("data.csv", made_table(400, false));
  const auto by = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"ensemble", "evaluate",          data,      "--target",  "answer",
                                          "--method", "gradient-boosting", "--param", "rounds=20", "--seed",
                                          "3",        "--format",          "json",    "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ran = run_credence(arguments);
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    return json::parse(ran.out);
  };
  const json five = by({"--folds", "5"});
  CHECK(five["folds"].size() == 5);
  CHECK(five["metrics"]["accuracy"] > 0.9);
  int rows = 0;
  for (const auto& fold : five["folds"]) rows += fold["rows"].get<int>();
  CHECK(rows == 400);
  // fold(i) = (i * 2654435761 mod 2^32) mod 5.
  int first = 0;
  for (std::uint64_t i = 0; i < 400; ++i) first += (i * 2654435761ULL % 4294967296ULL) % 5 == 0 ? 1 : 0;
  CHECK(five["folds"][0]["rows"] == first);
  CHECK(by({"--folds", "4", "--stratify"})["folds"].size() == 4);
  CHECK(by({"--folds", "4", "--shuffle"})["folds"][0]["rows"] == 100);
  const std::string test = folder.write("test.csv", made_table(120, false));
  const json on_test = by({"--test", test});
  CHECK(on_test["metrics"]["auc"] > 0.95);
  // The other class as the positive one: accuracy stays, the ranking's area too.
  const json turned = by({"--test", test, "--positive", "no"});
  CHECK(turned["metrics"]["accuracy"] == on_test["metrics"]["accuracy"]);
  CHECK(turned["metrics"]["f1"] != on_test["metrics"]["f1"]);
  const auto regression =
      run_credence({"ensemble", "evaluate", folder.write("r.csv", made_table(200, true)), "--target", "answer",
                    "--method", "random-forest", "--task", "regression", "--format", "json", "--quiet", "--seed", "1"});
  CHECK(json::parse(regression.out)["metrics"].contains("rmse"));
}

TEST_CASE("credence ensemble: bad usage is 64, bad input 65, a missing file 66, each one line", "[cli][ensemble]") {
  const scratch_folder folder;
  const std::string good = folder.write("good.csv", made_table(60, false));
  const auto refuse = [&](const std::vector<std::string>& arguments, int code, const std::string& what) {
    const auto ran = run_credence(arguments);
    CAPTURE(ran.err);
    CHECK(ran.code == code);
    CHECK(line_count(ran.err) == 1);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains(what));
  };
  const std::string model = folder.path("m.json");
  const auto train = [&](const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> a = {"ensemble",          "train",  file, "--target", "answer", "--method",
                                  "gradient-boosting", "--seed", "1",  "--output", model};
    a.insert(a.end(), more.begin(), more.end());
    return a;
  };
  refuse(train(good, {"--param", "leaves=3"}), 64, "max_leaves");
  refuse(train(good, {"--param", "rounds=0"}), 64, "rounds is 0");
  refuse(train(good, {"--param", "l2=-1"}), 64, "l2 is -1");
  refuse(train(good, {"--param", "rounds"}), 64, "name=value");
  refuse(train(good, {"--positive", "maybe"}), 64, "maybe");
  refuse({"ensemble", "train", good, "--target", "answer", "--method", "svm"}, 64, "svm");
  refuse(train(folder.path("none.csv")), 66, "none.csv");
  refuse(train(folder.write("empty.csv", "size,answer\n")), 65, "no rows");
  refuse(train(folder.write("absent.csv", "size\n1\n2\n")), 65, "answer");
  refuse(train(folder.write("constant.csv", "size,answer\n1,a\n2,a\n")), 65, "always a");
  refuse(train(folder.write("hole.csv", "size,answer\n1,a\n2,\n3,b\n")), 65, "1 times missing");
  refuse(train(folder.write("void.csv", "size,other,answer\n1,,a\n2,,b\n")), 65, "other is missing in every row");
  refuse(train(folder.write("alone.csv", "answer\na\nb\n")), 65, "besides the target");
  refuse(train(folder.write("text.csv", "size,answer\n1,a\n2,b\n"), {"--task", "regression"}), 65, "text");
  REQUIRE(run_credence(train(good)).code == 0);
  refuse({"ensemble", "predict", model, folder.write("new.csv", "size,colour,noise\n3,violet,1\n")}, 65, "violet");
  CHECK(run_credence({"ensemble", "predict", model, folder.path("new.csv"), "--unseen", "missing"}).code == 0);
  refuse({"ensemble", "predict", model, folder.write("less.csv", "size,colour\n3,red\n")}, 65, "noise");
  refuse({"ensemble", "predict", model, folder.write("type.csv", "size,colour,noise\nbig,red,1\n")}, 65, "size");
  const std::string text = read_file(model);
  refuse({"ensemble", "predict", folder.write("cut.json", text.substr(0, text.size() / 2)), good}, 65, "cut.json");
  refuse({"ensemble", "predict", folder.write("other.json", "{\"a\": 1}"), good}, 65, "format");
  std::string later = text;
  later.replace(later.find("\"version\":1"), 11, "\"version\":9");
  refuse({"ensemble", "predict", folder.write("later.json", later), good}, 65, "version");
}
