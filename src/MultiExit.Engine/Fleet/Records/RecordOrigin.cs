using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Fleet.Records;

/// <summary>Which files of records a node shares, kept beside them in a file of its own: <c>records.db.fleet</c>.</summary>
/// <param name="Id">Tells these files from those of any other server.</param>
/// <param name="Fleet">The fleet.</param>
/// <param name="Node">The node.</param>
/// <param name="From">The key of the first record that is shared.</param>
/// <param name="Sent">Up to which key the store had them when this was written; the store itself knows it best.</param>
internal sealed record RecordOrigin(Guid Id, string Fleet, string Node, long From, long Sent)
{
    private const int MaxSize = 4096;

    private static readonly JsonSerializerOptions Json = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>The origin of the files of a store; a new one where they were not shared with this fleet under this name so far.</summary>
    /// <exception cref="ProxyException">It cannot be read or written.</exception>
    public static RecordOrigin Of(string records, FleetMember member, long now)
    {
        if (Read(records) is { } known && known.Fleet == member.Fleet && known.Node == member.Node) return known;
        RecordOrigin made = new(Guid.NewGuid(), member.Fleet, member.Node, now, now);
        made.Save(records);
        return made;
    }

    /// <summary>The one that is there; null: none.</summary>
    /// <exception cref="ProxyException">It cannot be read.</exception>
    public static RecordOrigin? Read(string records)
    {
        string path = PathOf(records);
        try
        {
            CheckedRecord<RecordOrigin> read = CheckedFile.Read<RecordOrigin>(path, MaxSize, Json, origin => origin is { Fleet: not null, Node: not null });
            return read.State != CheckedState.Damaged ? read.Value : throw Fault($"{path} is damaged; move it away, and records are shared from then on");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Fault($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Writes it.</summary>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public void Save(string records)
    {
        try
        {
            CheckedFile.Write(PathOf(records), this, Json);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Fault($"{PathOf(records)} cannot be written: {exception.Message}", exception);
        }
    }

    private static string PathOf(string records) => records + ".fleet";

    private static ProxyException Fault(string what, Exception? inner = null) => new(ProxyError.ServerState, what, inner);
}
