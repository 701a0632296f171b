from spack.package import *


class Shoal(CMakePackage):
    """A header-only C++20 library, with a command, that turns features into clusters, and says how good they are."""

    license("MIT")
    version("0.2.0", sha256="SHOAL_SHA256", url="SHOAL_ARCHIVE")

    variant("command", default=True, description="Build the command shoal")
    variant("eigen", default=False, description="Eigen's matrices as rows")
    variant("onednn", default=False, description="Products by oneDNN")

    depends_on("cxx", type="build")
    depends_on("cmake@3.22:", type="build")
    depends_on("cli11", when="+command", type="build")
    depends_on("nlohmann-json", when="+command", type="build")
    depends_on("eigen@3.4:", when="+eigen")
    depends_on("onednn", when="+onednn")
    conflicts("%gcc@:11", msg="shoal needs g++ 12 or later")

    def cmake_args(self):
        return [
            self.define_from_variant("SHOAL_COMMAND", "command"),
            self.define("SHOAL_TESTS", False),
            self.define("SHOAL_EXAMPLES", False),
        ]

    def test_version(self):
        """the installed command names its version"""
        if "+command" in self.spec:
            assert str(self.spec.version) in Executable(self.prefix.bin.shoal)("--version", output=str)
