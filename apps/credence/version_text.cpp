// SPDX-License-Identifier: BSD-3-Clause
#include "credence/version_text.hpp"

#include "credence/base/simd.hpp"
#include "credence/base/version.hpp"
#include "credence/exec/context.hpp"
#include "credence_dependencies.hpp"

namespace credence::app {

json version_data() {
  const auto info = version();
  json data;
  data["version"] = info.version;
  data["git_revision"] = info.git_revision;
  data["compiler"] = info.compiler;
  data["build_type"] = info.build_type;
  data["backends"] = {{"cpu",
                       {{"threads", "std::thread"},
                        {"simd", to_string(simd())}}},
                      {"cuda", exec::built_with_cuda() ? json(CREDENCE_CUDA_VERSION) : json(nullptr)}};
  data["dependencies"] = {{"eigen", CREDENCE_EIGEN_VERSION},
                          {"boost", CREDENCE_BOOST_VERSION},
                          {"fmt", CREDENCE_FMT_VERSION},
                          {"nlohmann_json", CREDENCE_JSON_VERSION},
                          {"zlib", CREDENCE_ZLIB_VERSION},
                          {"cli11", CREDENCE_CLI11_VERSION},
                          {"blas", *CREDENCE_BLAS_NAME ? json(CREDENCE_BLAS_NAME) : json(nullptr)}};
  return data;
}

std::string version_text() {
  const json data = version_data();
  const auto text = [](const json& value) { return value.is_null() ? std::string("none") : value.get<std::string>(); };
  std::string lines = "credence " + text(data["version"]);
  if (!text(data["git_revision"]).empty()) lines += " (" + text(data["git_revision"]) + ")";
  lines += "\n" + text(data["compiler"]) + ", " + text(data["build_type"]);
  const json& cpu = data["backends"]["cpu"];
  lines += "\nbackends: cpu (" + text(cpu["threads"]) + ", " + text(cpu["simd"]) + "), cuda " +
           text(data["backends"]["cuda"]) + "\nlibraries:";
  for (const auto& [name, value] : data["dependencies"].items()) lines += " " + name + " " + text(value);
  return lines + "\n";
}

}  // namespace credence::app
