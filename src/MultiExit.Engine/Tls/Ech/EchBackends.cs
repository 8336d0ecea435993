using MultiExit.Engine.Tls.Ech.Nss;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>The libraries that speak ECH, and which of them this system has.</summary>
internal static class EchBackends
{
    /// <summary>The one to use.</summary>
    /// <exception cref="ProxyException">There is none (<see cref="ProxyError.MissingLibrary"/>); the message names the package.</exception>
    public static IEchBackend Require()
    {
        try
        {
            return new NssBackend();
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.MissingLibrary)
        {
            throw new ProxyException(ProxyError.MissingLibrary,
                $"ECH needs a library that speaks it: {exception.Message}; install the package libnss3 (Debian, Ubuntu) or nss (Fedora, Alpine)", exception);
        }
    }
}
