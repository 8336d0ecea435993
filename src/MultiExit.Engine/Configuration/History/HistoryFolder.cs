using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Configuration.History;

/// <summary>The files of a history: <c>N.yaml</c> is the text of version N, <c>N.json</c> what is known of it, <c>state.json</c> what a
/// start has to know. Each is replaced as a whole. Files that the history did not write, or that are damaged, are passed over.</summary>
internal sealed class HistoryFolder(string path)
{
    public const string StateFile = "state.json";
    public const string FleetFile = "fleet.json";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int MaxMetadata = 64 * 1024;
    private const int MaxText = 1000;
    // Two texts of a configuration, in JSON.
    private const int MaxFleet = 64 * 1024 * 1024;
    private const int MaxDigits = 9;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    public string Path => path;

    /// <summary>Makes the folder when it is missing, and refuses one that other users may look into or write to.</summary>
    /// <exception cref="ProxyException">It cannot be used.</exception>
    public void Prepare()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
                return;
            }
            if (!Directory.Exists(path)) Directory.CreateDirectory(path, OwnerOnly);
            if ((File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None)
                throw Fault("is open to other users, and versions hold secrets; run chmod 700 on it");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Fault($"cannot be made or read: {exception.Message}", exception);
        }
    }

    /// <summary>The versions, oldest first.</summary>
    /// <exception cref="ProxyException">The folder cannot be read.</exception>
    public IReadOnlyList<ConfigVersion> List() => [.. Numbers().Order().Select(Find).OfType<ConfigVersion>()];

    /// <summary>A version; null when there is none, or it is damaged.</summary>
    public ConfigVersion? Find(int number) =>
        Read<ConfigVersion>(NameOf(number, ".json"), version => version.Number == number && IsSound(version)).Value;

    /// <summary>A version that has to be there.</summary>
    /// <exception cref="ProxyException">There is none, or it is damaged.</exception>
    public ConfigVersion Get(int number) => Find(number) ?? throw (File.Exists(NameOf(number, ".json"))
        ? Fault($"has a version {number} that is damaged; use another version")
        : new ProxyException(ProxyError.VersionNotFound, $"the history folder {path} has no version {number}"));

    /// <summary>The text of a version.</summary>
    /// <exception cref="ProxyException">There is none, or its text was changed by hand.</exception>
    public string ReadText(ConfigVersion version)
    {
        Reading.DocumentFile file = Reading.DocumentFile.Read(NameOf(version.Number, ".yaml"));
        if (file.Text is null) throw Fault($"has no text of version {version.Number}: it {file.Problem}");
        return string.Equals(ConfigDocument.HashOf(file.Text), version.Sha256, StringComparison.Ordinal) ? file.Text
            : throw Fault($"has a text of version {version.Number} that is not what was put in force (its SHA-256 differs); use another version");
    }

    /// <summary>The state that the last server left.</summary>
    /// <exception cref="ProxyException">Neither the file nor its copy can be read.</exception>
    public CheckedRecord<HistoryState> ReadState()
    {
        CheckedRecord<HistoryState> record = Read<HistoryState>(System.IO.Path.Combine(path, StateFile), IsSound);
        return record.State != CheckedState.Damaged ? record
            : throw Fault($"has a {StateFile} that cannot be read; delete that file to start from the configuration's own file");
    }

    /// <summary>What the last server knew of its fleet; null when that is nothing, or damaged: the store has it again.</summary>
    public FollowedVersion? ReadFleet() => Read<FollowedVersion>(System.IO.Path.Combine(path, FleetFile), IsSound, MaxFleet).Value;

    public void Write(FollowedVersion record) => CheckedFile.Write(System.IO.Path.Combine(path, FleetFile), record, Json, keepCopy: false);

    public void Write(HistoryState state) => CheckedFile.Write(System.IO.Path.Combine(path, StateFile), state, Json);

    public void Write(ConfigVersion version) => CheckedFile.Write(NameOf(version.Number, ".json"), version, Json, keepCopy: false);

    // The text first: a version is there when its metadata are.
    public void Write(ConfigVersion version, string text)
    {
        Write(NameOf(version.Number, ".yaml"), Encoding.UTF8.GetBytes(text));
        Write(version);
    }

    public void Delete(int number)
    {
        File.Delete(NameOf(number, ".json"));
        File.Delete(NameOf(number, ".yaml"));
    }

    /// <summary>Takes back what was only half written.</summary>
    public void DeleteIfPossible(int number)
    {
        try
        {
            Delete(number);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays; the next version with this number takes its place.
        }
    }

    /// <summary>The numbers that are taken, in no order.</summary>
    public IReadOnlyList<int> Numbers()
    {
        try
        {
            return [.. Directory.EnumerateFiles(path, "*.json").Select(System.IO.Path.GetFileNameWithoutExtension)
                .Where(name => name!.Length is > 0 and <= MaxDigits && name[0] != '0' && name.All(char.IsAsciiDigit))
                .Select(name => int.Parse(name!, NumberStyles.None, CultureInfo.InvariantCulture))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Fault($"cannot be read: {exception.Message}", exception);
        }
    }

    public ProxyException Fault(string what, Exception? inner = null) =>
        new(ProxyError.InvalidConfiguration, $"the history folder {path} {what}", inner);

    private static CheckedRecord<T> Read<T>(string file, Func<T, bool> isSound, int limit = MaxMetadata)
        where T : class
    {
        try
        {
            return CheckedFile.Read(file, limit, Json, isSound);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new CheckedRecord<T>(CheckedState.Damaged, null);
        }
    }

    private static bool IsSound(HistoryState state) => IsNumber(state.Current)
        && (state.Pending is not { } pending || (IsNumber(pending.Number) && IsNumber(pending.Previous)));

    private static bool IsSound(FollowedVersion record) => record is { Number: >= 0, Trial: >= 0, GaveUp: >= 0 }
        && (record.Number == 0 || ConfigDocument.HashOf(record.Text) == record.Sha256)
        && (record.Trial == 0 || ConfigDocument.HashOf(record.TrialText) == record.TrialSha256);

    private static bool IsNumber(int number) => number is > 0 and < 1_000_000_000;

    private static bool IsSound(ConfigVersion version) => version.Sha256.Length == 64 && version.Sha256.All(char.IsAsciiHexDigitLower)
        && IsLine(version.Who) && IsLine(version.Check) && (version.File is null || IsLine(version.File))
        && (version.Message is null || IsLine(version.Message));

    private static bool IsLine(string text) => text.Length <= MaxText && !text.Any(char.IsControl);

    private static void Write(string file, byte[] content) => AtomicFile.Write(file, stream => stream.Write(content));

    private string NameOf(int number, string extension) =>
        System.IO.Path.Combine(path, number.ToString(CultureInfo.InvariantCulture) + extension);
}
