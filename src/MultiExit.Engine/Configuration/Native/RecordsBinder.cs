using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>records</c>.</summary>
internal static class RecordsBinder
{
    private const string Expected = "the name of its files, such as /var/lib/multiexit/records.db";

    public static RecordsConfig? Read(MapReader root)
    {
        if (root.Map("records", "records") is not { } reader) return null;
        string? path = reader.Require("path", Expected) is { } node ? ReadPath(reader, node) : null;
        RecordsConfig defaults = new("");
        RecordsConfig records = new(path ?? "")
        {
            Keep = reader.Duration(RecordsConfig.KeepRange) ?? defaults.Keep,
            KeepHistory = reader.Duration(RecordsConfig.KeepHistoryRange) ?? defaults.KeepHistory,
            PlainSessionKeys = reader.Choice("session_keys", "hashed", "plain") == "plain",
            MaxSize = reader.Size(RecordsConfig.MaxSizeRange) ?? defaults.MaxSize,
        };
        reader.Finish();
        return path is null ? null : records;
    }

    // A folder alone gives its files no name.
    private static string? ReadPath(MapReader reader, ConfigNode node)
    {
        string? path = reader.Context.FullPath(node);
        if (path is null || Path.GetFileName(path).Length > 0) return path;
        reader.Context.Errors.Add(node.Place, $"{ErrorText.Quote(path)} is a folder; expected {Expected}");
        return null;
    }
}
