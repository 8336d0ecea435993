using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a socks4 exit.</summary>
internal static class Socks4ExitBinder
{
    private static readonly ProxyKeys Keys = new("socks4", "socks4:// or socks4a://") { HasPassword = false };

    /// <summary>Reads it.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static ExitConfig? Read(MapReader reader, string? name, NameTable names)
    {
        Socks4ExitConfig? exit = ProxyExitBinder.Read(
            reader, name, names, Keys, server => new Socks4ExitConfig { Name = name!, Server = server }, out EndpointUrl? url);
        string? resolve = reader.Choice("resolve", "remote", "local");
        // The schemes are what other programs mean by them: socks4 sends addresses, socks4a names.
        bool isLocal = resolve is null ? url?.Scheme == "socks4" : resolve == "local";
        return exit is null ? null : exit with { Resolve = isLocal ? NameResolution.Local : NameResolution.Remote };
    }
}
