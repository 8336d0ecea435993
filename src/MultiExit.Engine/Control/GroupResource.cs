using System.Text.Json;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The groups, and the exits that are members of them at run time.</summary>
internal sealed class GroupResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<GroupStatus>>("/groups", "The groups and what they have of members."),
        ControlRoute.Get<GroupStatus>("/groups/{name}", "A group."),
        ControlRoute.Post<GroupStatus>("/groups/{name}/update", "Reads the list of members from its source now."),
        ControlRoute.Get<IReadOnlyList<ExitStatus>>("/groups/{name}/members", "The exits that are members at run time."),
        ControlRoute.Post<ExitStatus>("/groups/{name}/members", "Publishes an exit under its own name or one that is made.") with
            { Body = typeof(JsonElement) },
        ControlRoute.Get<ExitStatus>("/groups/{name}/members/{exit}", "A member."),
        new("PUT", "/groups/{name}/members/{exit}", ControlAccess.Write, "Publishes an exit under a name.")
            { Body = typeof(JsonElement), Answer = typeof(ExitStatus) },
        new("DELETE", "/groups/{name}/members/{exit}", ControlAccess.Write, "Takes a published exit out."),
    ];

    private const string Form = "the keys of an exit as a JSON object, with `expires` in seconds or as a text such as \"10m\"";

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        if (request.Path is ["groups"]) return ControlAnswer.Ok(await server.GetGroupsAsync().ConfigureAwait(false));
        string group = request.Path[1];
        switch (request.Path, request.Method)
        {
            case ([_, _, "members"], "POST"):
                return await PublishAsync(group, null, request).ConfigureAwait(false);
            case ([_, _, "members", var name], "PUT"):
                return await PublishAsync(group, name, request).ConfigureAwait(false);
        }
        if ((await server.GetGroupsAsync().ConfigureAwait(false)).FirstOrDefault(each => each.Name == group) is not { } found)
            return ControlAnswer.Fail(404, "GroupNotFound", $"there is no group named {group}");
        switch (request.Path)
        {
            case [_, _]:
                return ControlAnswer.Ok(found);
            case [_, _, "update"]:
                return ControlAnswer.Ok(await server.UpdateGroupAsync(group, request.Closing).ConfigureAwait(false));
            case [_, _, "members"]:
                return ControlAnswer.Ok(await server.GetMembersAsync(group).ConfigureAwait(false));
        }
        string member = request.Path[3];
        if (!request.IsRead) return await server.UnpublishExitAsync(group, member).ConfigureAwait(false) ? ControlAnswer.NoContent : NoMember(group, member);
        return (await server.GetMembersAsync(group).ConfigureAwait(false)).FirstOrDefault(each => each.Name == member) is { } exit
            ? ControlAnswer.Ok(exit) : NoMember(group, member);
    }

    private async Task<ControlAnswer> PublishAsync(string group, string? name, ControlRequest request)
    {
        JsonElement body;
        string text = DocumentFile.Decode(request.Body.Span) ?? throw new FormatException("the body is not UTF-8 text");
        try
        {
            body = JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException exception)
        {
            throw ControlRequest.Invalid(Form, exception);
        }
        ExitStatus exit = await server.PublishExitAsync(group, name, body).ConfigureAwait(false);
        return ControlAnswer.Ok(exit);
    }

    private static ControlAnswer NoMember(string group, string name) =>
        ControlAnswer.Fail(404, "MemberNotFound", $"group {group} has no published exit named {name}; it may have expired");
}
