using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Configuration.History;

/// <summary>Makes the text of a configuration in force a file, remarks and layout included.</summary>
public static class ConfigFile
{
    /// <summary>Writes the text as a whole; a reader finds the old file or the new one. A file that is there keeps its owner, group and mode,
    /// and one behind a link stays behind it; a new one is private.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="path">The file, absolute.</param>
    /// <exception cref="ProxyException">The configuration has no text, or it means something else in the folder of the file, since paths in it are relative:
    /// <see cref="ProxyError.InvalidConfiguration"/>.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there stays.</exception>
    public static void Save(ConfigResult config, string path)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentException.ThrowIfNullOrEmpty(path);
        string text = config.Document?.Text
            ?? throw new ProxyException(ProxyError.InvalidConfiguration, "a configuration that came from URLs or parameters has no text that could be saved");
        ConfigResult there = ConfigLoader.Parse(text, path);
        if (!there.IsValid) throw there.ToException($"the text would not be valid as {path}");
        if (ConfigComparison.Between(config, there) is [{ } difference, ..])
            throw new ProxyException(ProxyError.InvalidConfiguration, $"the text means something else as {path}, since paths in it are relative: {difference}");
        foreach (((string key, string? before), (_, string? after)) in Written(config.Config).Zip(Written(there.Config)))
        {
            if (before != after)
                throw new ProxyException(ProxyError.InvalidConfiguration, $"the text means something else as {path}, since paths in it are relative: {key}");
        }
        AtomicFile.WriteAsBefore(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    // What a server writes to has no content to compare: the paths themselves are told apart.
    private static (string Key, string? Path)[] Written(GatewayConfig? config) =>
    [
        ("history.directory", config?.History?.Directory), ("records.path", config?.Records?.Path), ("limits.usage_file", config?.Limits.UsageFile),
        ("logging.file", config?.Logging.File), ("control.socket", config?.ControlSocket),
        ("control.readers.socket", config?.ControlReaders?.Path),
    ];
}
