using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The usage file: <c>{"Month":"2026-11","Users":{"alice":123},"Checksum":"..."}</c>.</summary>
/// <param name="Month">The month, <c>yyyy-MM</c> in UTC.</param>
/// <param name="Users">The bytes of each user, both directions.</param>
internal sealed record UsageFile(string Month, IReadOnlyDictionary<string, long> Users)
{
    /// <summary>The bytes of each exit with a quota, both directions; null: none has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Exits { get; init; }

    /// <summary>Tells this count from others of the same node; null: the server was never a node of a fleet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Ledger { get; init; }

    /// <summary>Up to how many bytes each user with a quota may come on this node without an answer of the fleet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Ceilings { get; init; }

    private const int MaxSize = 16 << 20;

    private static readonly JsonSerializerOptions Json = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>Reads the file.</summary>
    /// <exception cref="ProxyException">It cannot be read, or neither it nor its copy is a usage file.</exception>
    public static CheckedRecord<UsageFile> Load(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw Fault($"{path} is a folder");
            CheckedRecord<UsageFile> record = CheckedFile.Read<UsageFile>(path, MaxSize, Json, IsSound);
            return record.State != CheckedState.Damaged ? record
                : throw Fault($"{path} is not a usage file, or damaged; correct it, or move it away to start this month at zero");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Fault($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Replaces the file as a whole, so that a crash leaves the old one or the new one.</summary>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public void Save(string path)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            CheckedFile.Write(path, this, Json);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Fault($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    private static bool IsSound(UsageFile file) => file is { Month: not null, Users: not null } && file.Users.Values.All(bytes => bytes >= 0)
        && file.Exits?.Values.All(bytes => bytes >= 0) != false && file.Ceilings?.Values.All(bytes => bytes >= 0) != false;

    private static ProxyException Fault(string what, Exception? inner = null) => new(ProxyError.InvalidConfiguration, $"limits.usage_file: {what}", inner);
}
