using MultiExit.Engine.Errors;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Tests.Tls.Ech;

public sealed class EchBackendsTests
{
    [Fact]
    public void Without_a_library_the_package_is_named()
    {
        ProxyException exception = Assert.Throws<ProxyException>(() => EchBackends.FirstOf(
            () => throw new ProxyException(ProxyError.MissingLibrary, "NSS is not installed (libnss3.so is missing)")));
        Assert.Equal(ProxyError.MissingLibrary, exception.Reason);
        Assert.Contains("libnss3.so is missing", exception.Message, StringComparison.Ordinal);
        Assert.Contains("install the package libnss3 (Debian, Ubuntu) or nss (Fedora, Alpine), or OpenSSL 4", exception.Message, StringComparison.Ordinal);
    }
}
