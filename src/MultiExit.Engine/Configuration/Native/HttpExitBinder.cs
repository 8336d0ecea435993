using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads an http exit.</summary>
internal static class HttpExitBinder
{
    private static readonly ProxyKeys Keys = new("http", "http:// or https://") { ColonEndsUser = true };

    /// <summary>Reads it.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static ExitConfig? Read(MapReader reader, string? name, NameTable names) =>
        ProxyExitBinder.Read(reader, name, names, Keys, server => new HttpExitConfig { Name = name!, Server = server }, out _);
}
