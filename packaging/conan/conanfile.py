import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, get


class Shoal(ConanFile):
    name = "shoal"
    description = "A header-only C++20 library that turns features into clusters, and says how good they are"
    license = "MIT"
    topics = ("clustering", "k-means", "nearest-neighbours")
    package_type = "header-library"
    settings = "os", "compiler", "build_type", "arch"
    no_copy_source = True

    def validate(self):
        check_min_cppstd(self, 20)

    def layout(self):
        cmake_layout(self)

    def source(self):
        archive = os.environ.get("SHOAL_ARCHIVE")  # an address, or a file that packaging/archive.sh wrote
        get(self, "file://" + archive if os.path.exists(archive) else archive, strip_root=True)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["SHOAL_HEADERS_ONLY"] = True
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.bindirs = self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_file_name", "shoal")
        self.cpp_info.set_property("cmake_target_name", "shoal::shoal")
        self.cpp_info.set_property("pkg_config_name", "shoal")
        self.cpp_info.system_libs = ["pthread"]
