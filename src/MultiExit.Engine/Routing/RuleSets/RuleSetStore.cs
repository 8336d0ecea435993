using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The last good content of each set on disk: a line of JSON that says what it is, then the content as it came.</summary>
internal static class RuleSetStore
{
    private const int MaxLabel = 8192;

    /// <summary>The file of a set.</summary>
    public static string PathOf(RuleSetConfig config) => config.State
        ?? Path.Combine(StateFolder.Path, "sets", $"{Safe(config.Name)}-{SourceOf(config)[..16]}.set");

    /// <summary>Which source and format a content is of.</summary>
    public static string SourceOf(RuleSetConfig config) => Convert.ToHexStringLower(SHA256.HashData(
        [.. config.Url is { } url ? url.Reveal() : Encoding.UTF8.GetBytes(config.File!), .. Encoding.UTF8.GetBytes($"\n{config.Format}")]));

    /// <summary>Reads what is kept of a set.</summary>
    /// <returns>Null when nothing is, or it is damaged or of another source.</returns>
    public static RuleSetVersion? Load(RuleSetConfig config)
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(PathOf(config));
            byte[] head = new byte[MaxLabel];
            int length = file.ReadAtLeast(head, MaxLabel, throwOnEndOfStream: false);
            int end = head.AsSpan(0, length).IndexOf((byte)'\n');
            if (end < 0 || file.Length > RuleSetConfig.MaxBytes + MaxLabel) return null;
            if (JsonSerializer.Deserialize<RuleSetLabel>(head.AsSpan(0, end)) is not { } label || label.Source != SourceOf(config)) return null;
            if (config.Sha256 is { } expected && expected != label.Sha256) return null;
            file.Position = end + 1;
            if (Convert.ToHexStringLower(SHA256.HashData(file)) != label.Sha256) return null;
            file.Position = end + 1;
            return new RuleSetVersion(RuleSetReader.Read(file, config.Format), label);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or RuleSetFaultException)
        {
            return null;
        }
    }

    /// <summary>Keeps a content; a failure is told as those of other stores.</summary>
    public static void Keep(RuleSetConfig config, RuleSetLabel label, Stream content, StoreFaults stores)
    {
        string path = PathOf(config);
        try
        {
            Save(path, label, content);
            stores.Written(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            stores.Failed(path, "MX1104",
                $"the rule set {config.Name} cannot be kept in {path}; a restart is without it until it can be had again: {exception.Message}");
        }
    }

    private static void Save(string path, RuleSetLabel label, Stream content)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(label));
            stream.WriteByte((byte)'\n');
            content.Position = 0;
            content.CopyTo(stream);
        });
    }

    private static string Safe(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
}
