using MultiExit.Engine.Tls.Ech.Nss;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>The libraries that speak ECH, and which of them this system has.</summary>
internal static class EchBackends
{
    /// <summary>The one to use.</summary>
    /// <exception cref="ProxyException">There is none (<see cref="ProxyError.MissingLibrary"/>); the message names the package.</exception>
    public static IEchBackend Require() => FirstOf(() => new NssBackend());

    /// <summary>The first that this system has.</summary>
    /// <param name="backends">Make them; one that is not there throws.</param>
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
            $"ECH needs a library that speaks it: {string.Join(", ", problems)}; install the package libnss3 (Debian, Ubuntu) or nss (Fedora, Alpine)");
    }
}
