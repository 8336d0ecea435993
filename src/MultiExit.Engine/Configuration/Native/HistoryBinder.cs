using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>history</c>.</summary>
internal static class HistoryBinder
{
    public static HistoryConfig? Read(MapReader root)
    {
        if (root.Map("history", "history") is not { } reader) return null;
        string? directory = reader.Require("directory", "the folder for the versions, such as /var/lib/multiexit/history") is { } node
            ? reader.Context.FullPath(node) : null;
        int keep = reader.Integer(HistoryConfig.KeepRange) ?? HistoryConfig.DefaultKeep;
        reader.Finish();
        return directory is null ? null : new HistoryConfig(directory, keep);
    }
}
