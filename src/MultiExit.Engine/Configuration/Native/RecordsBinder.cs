using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>records</c>.</summary>
internal static class RecordsBinder
{
    public static RecordsConfig? Read(MapReader root)
    {
        if (root.Map("records", "records") is not { } reader) return null;
        string? path = reader.Require("path", "the name of its files, such as /var/lib/multiexit/records.db") is { } node
            ? reader.Context.FullPath(node) : null;
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
}
