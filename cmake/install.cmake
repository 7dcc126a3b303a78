# find_package(credence) and pkg-config, both relocatable.
include(CMakePackageConfigHelpers)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/credence)
install(EXPORT credence NAMESPACE credence:: FILE credence-targets.cmake DESTINATION ${config_dir})
