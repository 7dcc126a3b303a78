// SPDX-License-Identifier: BSD-3-Clause
// credence neighbors, as a user runs it.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace credence::test;
using json = nlohmann::json;

namespace {

const std::string six = "x,y\n2,3\n5,4\n9,6\n4,7\n8,1\n7,2\n";

}  // namespace

TEST_CASE("credence neighbors: the six points of the textbooks", "[cli][neighbors]") {
  const scratch_folder folder;
  const std::string points = folder.write("points.csv", six),
                    queries = folder.write("queries.csv", "x,y\n2.1,3.1\n2,4.5\n");
  const std::string out = folder.path("nn.csv");
  const auto ran =
      run_credence({"neighbors", points, queries, "--k", "2", "--format", "json", "--quiet", "--output", out});
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  const json data = json::parse(ran.out);
  CHECK(data["queries"] == 2);
  CHECK(data["k"] == 2);
  CHECK(data["seconds_build"].is_number());
  CHECK(data["seconds_search"].is_number());
  CHECK(read_file(out) ==
        "query,rank,index,distance\n"
        "0,0,0,0.14142135623730964\n"
        "0,1,1,3.0364452901377956\n"
        "1,0,0,1.5\n"
        "1,1,1,3.0413812651491097\n");
}

TEST_CASE("credence neighbors: radius, box, metrics and formats", "[cli][neighbors]") {
  const scratch_folder folder;
  const std::string points = folder.write("points.csv", six), queries = folder.write("queries.csv", "x,y\n5,4\n");
  const auto radius =
      run_credence({"neighbors", points, queries, "--radius", "3", "--metric", "chebyshev", "--format", "csv"});
  CHECK(radius.code == 0);
  CHECK(radius.out == "query,rank,index,distance\n0,0,1,0\n0,1,5,2\n0,2,0,3\n0,3,3,3\n0,4,4,3\n");
  const auto limited = run_credence(
      {"neighbors", points, queries, "--radius", "3", "--k", "2", "--metric", "chebyshev", "--format", "csv"});
  CHECK(limited.out == "query,rank,index,distance\n0,0,1,0\n0,1,5,2\n");
  const std::string box = folder.write("box.csv", "a,b,c,d\n4,1,8,4\n");
  const auto inside = run_credence({"neighbors", points, "--box", box, "--format", "csv"});
  CHECK(inside.code == 0);
  CHECK(inside.out == "query,rank,index,distance\n0,0,1,\n0,1,4,\n0,2,5,\n");
  const auto from = run_credence({"neighbors", points, queries, "--box", box, "--format", "csv"});
  CHECK(from.out == "query,rank,index,distance\n0,0,1,0\n0,1,5,2.8284271247461903\n0,2,4,4.242640687119285\n");
  const auto p = run_credence({"neighbors", points, queries, "--k", "1", "--metric", "minkowski:3", "--dtype", "f32"});
  CHECK(p.code == 0);
  CHECK_THAT(p.out, Contains("distance"));
  const auto budget = run_credence(
      {"neighbors", points, queries, "--k", "3", "--max-leaves", "1", "--seed", "1", "--format", "json", "--quiet"});
  CHECK(budget.code == 0);
  CHECK(json::parse(budget.out)["recall"] == 1.0);  // six points are one leaf
}

TEST_CASE("credence neighbors: bytes are equal for any number of threads", "[cli][neighbors]") {
  const scratch_folder folder;
  std::string text = "x,y,z\n";
  for (int i = 0; i < 3000; ++i) {
    text += std::to_string(i * 7919 % 41) + "," + std::to_string(i * 104729 % 37) + "," + std::to_string(i % 5) + "\n";
  }
  const std::string points = folder.write("p.csv", text);
  const auto one = run_credence({"neighbors", points, points, "--k", "6", "--threads", "1", "--format", "csv"});
  const auto three = run_credence({"neighbors", points, points, "--k", "6", "--threads", "3", "--format", "csv"});
  CHECK(one.code == 0);
  CHECK(one.out == three.out);
  CHECK(line_count(one.out) == 18001);
}

TEST_CASE("credence neighbors: bad usage is 64, bad input 65, a missing file 66, each one line", "[cli][neighbors]") {
  const scratch_folder folder;
  const std::string good = folder.write("points.csv", six);
  const auto refuse = [&](const std::vector<std::string>& arguments, int code, const std::string& what) {
    const auto ran = run_credence(arguments);
    CAPTURE(ran.err);
    CHECK(ran.code == code);
    CHECK(line_count(ran.err) == 1);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains(what));
  };
  refuse({"neighbors", good, good}, 64, "--k, --radius and --box");
  refuse({"neighbors", good, good, "--k", "0"}, 64, "0");
  refuse({"neighbors", good, good, "--k", "-1"}, 64, "-1");
  refuse({"neighbors", good, "--k", "1"}, 64, "queries");
  refuse({"neighbors", good, good, "--k", "1", "--metric", "cosine"}, 64, "cosine");
  refuse({"neighbors", good, good, "--k", "1", "--metric", "minkowski:0.5"}, 64, "minkowski:0.5");
  refuse({"neighbors", good, good, "--radius", "-2"}, 64, "-2");
  refuse({"neighbors", good, good, "--radius", "2", "--max-leaves", "4"}, 64, "--max-leaves");
  refuse({"neighbors", good, folder.path("absent.csv"), "--k", "1"}, 66, "absent.csv");
  refuse({"neighbors", good, folder.write("empty.csv", "x,y\n"), "--k", "1"}, 65, "no rows");
  refuse({"neighbors", folder.write("nothing.csv", ""), good, "--k", "1"}, 65, "nothing.csv");
  refuse({"neighbors", good, folder.write("nan.csv", "x,y\n1,2\n3,NaN\n"), "--k", "1"}, 65, "nan.csv:3");
  refuse({"neighbors", good, folder.write("inf.csv", "x,y\n1,Infinity\n"), "--k", "1"}, 65, "inf.csv:2");
  refuse({"neighbors", good, folder.write("hole.csv", "x,y\n1,2\n,4\n"), "--k", "1"}, 65, "empty");
  refuse({"neighbors", good, folder.write("text.csv", "x,y\n1,2\n3,four\n"), "--k", "1"}, 65, "four");
  refuse({"neighbors", good, folder.write("ragged.csv", "x,y\n1,2\n3\n"), "--k", "1"}, 65, "ragged.csv:3");
  refuse({"neighbors", good, folder.write("wide.csv", "x,y,z\n1,2,3\n"), "--k", "1"}, 65, "3 columns");
  refuse({"neighbors", good, good, "--k", "1", "--dtype", "u8", "--metric", "minkowski:3"}, 64, "dtype");
  refuse({"neighbors", good, folder.write("half.csv", "x,y\n1.5,2\n"), "--k", "1", "--dtype", "u8"}, 65, "1.5");
}
