using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Sources;

namespace MultiExit.Engine.Members;

/// <summary>The list of members of a group.</summary>
/// <param name="group">The group.</param>
/// <param name="config">Where the list comes from.</param>
internal sealed class MemberSource(string group, MemberListConfig config) : Sourced<IReadOnlyList<MemberEntry>>(config)
{
    public override string Name => group;

    public override string Title => $"the list of members of group {group}";

    public override string Place => $"groups: {group}: members";

    public override string Folder => "members";

    public override string Form => $"members, {config.Max} at most";

    public override int MaxBytes => MemberListConfig.MaxBytes;

    /// <summary>The lists of a configuration, without their contents.</summary>
    public static IEnumerable<MemberSource> Of(GatewayConfig config) =>
        config.Groups.Where(group => group.Members is not null).Select(group => new MemberSource(group.Name, group.Members!));

    public override IReadOnlyList<MemberEntry> Read(Stream content)
    {
        using MemoryStream bytes = new();
        content.CopyTo(bytes);
        string text = DocumentFile.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) ?? throw new SourceFaultException("it is not UTF-8 text");
        try
        {
            // An empty answer is more likely a fault of the server than a wish to have no exit.
            return MemberListReader.Read(text, config.File, config.Max) is { Count: > 0 } list ? list : throw new SourceFaultException("it has no exit");
        }
        catch (FormatException exception)
        {
            throw new SourceFaultException(exception.Message);
        }
    }
}
