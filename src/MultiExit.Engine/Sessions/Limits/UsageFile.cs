using System.Text.Json;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The usage file: <c>{"Month":"2026-11","Users":{"alice":123}}</c>.</summary>
/// <param name="Month">The month, <c>yyyy-MM</c> in UTC.</param>
/// <param name="Users">The bytes of each user, both directions.</param>
internal sealed record UsageFile(string Month, IReadOnlyDictionary<string, long> Users)
{
    private const int MaxSize = 16 << 20;

    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="ProxyException">It cannot be read, or is not a usage file.</exception>
    public static UsageFile? Load(string path)
    {
        try
        {
            if (!File.Exists(path)) return null;
            UsageFile? file = JsonSerializer.Deserialize<UsageFile>(RegularFile.Read(path, MaxSize));
            if (file is { Month: not null, Users: not null } && file.Users.Values.All(bytes => bytes >= 0)) return file;
        }
        catch (JsonException)
        {
            // Said below.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProxyException(ProxyError.InvalidConfiguration, $"limits.usage_file: {path} cannot be read: {exception.Message}");
        }
        throw new ProxyException(ProxyError.InvalidConfiguration,
            $"limits.usage_file: {path} is not a usage file; correct it, or move it away to begin this month anew");
    }

    /// <summary>Replaces the file as a whole, so that a crash leaves the old one or the new one.</summary>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public void Save(string path)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProxyException(ProxyError.InvalidConfiguration, $"limits.usage_file: {path} cannot be written: {exception.Message}");
        }
    }
}
