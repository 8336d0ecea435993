using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>control</c>.</summary>
internal static class ControlBinder
{
    // sun_path of unix(7), 108 bytes with its NUL; other systems have a little less.
    private const int MaxSocketPath = 103;
    private const int MaxGroup = 64;

    /// <summary>Reads it.</summary>
    /// <returns>The socket, its group, and the socket of readers; null for what is not there.</returns>
    public static (string? Path, string? Group, ControlReadersConfig? Readers) Read(MapReader root)
    {
        if (root.Map("control", "control") is not { } reader) return default;
        string? socket = ReadSocket(reader, "the path of its socket, such as /run/multiexit/edge-1.sock");
        string? group = ReadGroup(reader);
        ControlReadersConfig? readers = null;
        if (reader.Map("readers", "control.readers") is { } second)
        {
            string? other = ReadSocket(second, "the path of its socket, such as /run/multiexit/edge-1.read.sock");
            string? otherGroup = ReadGroup(second);
            if (other is not null && other == socket) second.Context.Errors.Add(second.Place, "the same socket as `control.socket`; expected another path");
            second.Finish();
            readers = other is null ? null : new ControlReadersConfig(other, otherGroup);
        }
        reader.Finish();
        return (socket, group, readers);
    }

    private static string? ReadSocket(MapReader reader, string expected)
    {
        if (reader.Require("socket", expected) is not { } node || reader.Context.FullPath(node) is not { } path) return null;
        if (Encoding.UTF8.GetByteCount(path) > MaxSocketPath)
            reader.Context.Errors.Add(node.Place, $"{ErrorText.Quote(path)} is too long; a socket's path has at most {MaxSocketPath} bytes");
        return path;
    }

    private static string? ReadGroup(MapReader reader)
    {
        if (reader.Take("group") is not { } node || reader.Context.Values.Text(node, "the name of a group of the system") is not { } group) return null;
        if (group.Length is > 0 and <= MaxGroup && !group.Any(c => char.IsControl(c) || c is ':' or '/')) return group;
        reader.Context.Errors.Add(node.Place, $"{ErrorText.Quote(group)} is no name of a group");
        return null;
    }
}
