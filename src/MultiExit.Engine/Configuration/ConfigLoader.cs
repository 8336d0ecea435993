namespace MultiExit.Engine.Configuration;

/// <summary>Reads configurations.</summary>
public static class ConfigLoader
{
    /// <summary>Loads a file, YAML or JSON, in any of the dialects.</summary>
    public static ConfigResult LoadFile(string path) => throw new NotSupportedException($"{path}");

    /// <summary>Loads a document from text.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">The file's name in errors, and the folder that relative paths are relative to; null: the current folder.</param>
    public static ConfigResult Parse(string text, string? file = null) => throw new NotSupportedException($"{text + file}");

    /// <summary>Makes a configuration from URLs: <c>socks5://user:pass@127.0.0.1:1080</c>, <c>http://</c>, <c>mixed://</c> (also <c>proxy://</c>),
    /// <c>tcp://listen/target,...</c>. With neither, the embedded default: mixed on 127.0.0.1:1080.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="forward">The upstream proxy that everything goes through; null: direct.</param>
    public static ConfigResult FromUrls(IReadOnlyList<string> listen, string? forward) => throw new NotSupportedException($"{forward + listen.Count}");
}
