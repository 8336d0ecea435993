using MultiExit.Engine.Errors;
using MultiExit.Engine.Tls.Ech.Nss;
using MultiExit.Engine.Tls.Ech.OpenSsl;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>The libraries that speak ECH, and which of them this system has.</summary>
internal static class EchBackends
{
    /// <summary>The one to use: NSS, then OpenSSL; the other way round where the operator says which OpenSSL.</summary>
    /// <exception cref="ProxyException">There is none (<see cref="ProxyError.MissingLibrary"/>); the message names the package.</exception>
    public static IEchBackend Require() => 
        Environment.GetEnvironmentVariable(OpenSslBackend.FolderVariable) is null
            ? FirstOf(() => new NssBackend(), () => new OpenSslBackend())
            : FirstOf(() => new OpenSslBackend(), () => new NssBackend());

    /// <summary>The first that this system has.</summary>
    /// <param name="backends">Make the libraries; one that is not installed throws.</param>
    internal static IEchBackend FirstOf(params ReadOnlySpan<Func<IEchBackend>> backends)
    {
        List<string> problems = [];
        foreach (Func<IEchBackend> create in backends)
        {
            try
            {
                return create();
            }
            catch (ProxyException exception) when (exception.Reason == ProxyError.MissingLibrary)
            {
                problems.Add(exception.Message);
            }
        }
        throw new ProxyException(ProxyError.MissingLibrary,
            $"ECH needs a library that speaks it: {string.Join(", ", problems)}; "
            + "install the package libnss3 (Debian, Ubuntu) or nss (Fedora, Alpine), or OpenSSL 4");
    }
}
