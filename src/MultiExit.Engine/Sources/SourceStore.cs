using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Sources;

/// <summary>The last good content of each source on disk: a line of JSON that says what it is, then the content as it came.</summary>
internal static class SourceStore
{
    private const int MaxLabel = 8192;

    /// <summary>The file of a source.</summary>
    public static string PathOf<T>(Sourced<T> source)
        where T : class => source.Settings.State
        ?? Path.Combine(StateFolder.Path, source.Folder, $"{Safe(source.Name)}-{IdentityOf(source)[..16]}.set");

    /// <summary>Which source and form a content is of, as a hash: a URL may be a secret.</summary>
    public static string IdentityOf<T>(Sourced<T> source)
        where T : class => Convert.ToHexStringLower(SHA256.HashData(
        [.. source.Settings.Url is { } url ? url.Reveal() : Encoding.UTF8.GetBytes(source.Settings.File!), .. Encoding.UTF8.GetBytes($"\n{source.Form}")]));

    /// <summary>Reads what is kept of a source.</summary>
    /// <returns>Null when nothing is, or it is damaged or of another source.</returns>
    public static SourceVersion<T>? Load<T>(Sourced<T> source)
        where T : class
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(PathOf(source));
            byte[] head = new byte[MaxLabel];
            int length = file.ReadAtLeast(head, MaxLabel, throwOnEndOfStream: false);
            int end = head.AsSpan(0, length).IndexOf((byte)'\n');
            if (end < 0 || file.Length > source.MaxBytes + MaxLabel) return null;
            if (JsonSerializer.Deserialize<SourceLabel>(head.AsSpan(0, end)) is not { } label || label.Source != IdentityOf(source)) return null;
            if (source.Settings.Sha256 is { } expected && expected != label.Sha256) return null;
            file.Position = end + 1;
            if (Convert.ToHexStringLower(SHA256.HashData(file)) != label.Sha256) return null;
            file.Position = end + 1;
            return new SourceVersion<T>(source.Read(file), label);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or SourceFaultException)
        {
            return null;
        }
    }

    /// <summary>Keeps a content; a failure is told as those of other stores.</summary>
    /// <param name="source">The source.</param>
    /// <param name="label">What is known of the content.</param>
    /// <param name="content">The content.</param>
    /// <param name="stores">The stores that cannot be written.</param>
    /// <param name="id">The id of the message that it cannot be kept.</param>
    public static void Keep<T>(Sourced<T> source, SourceLabel label, Stream content, StoreFaults stores, string id)
        where T : class
    {
        string path = PathOf(source);
        try
        {
            Save(path, label, content);
            stores.Written(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            stores.Failed(path, id, $"{source.Title} cannot be kept in {path}; a restart is without it until it can be had again: {exception.Message}");
        }
    }

    private static void Save(string path, SourceLabel label, Stream content)
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
