using MultiExit.Engine.Status;

namespace MultiExit.Engine.Events;

/// <summary>An event as it is told to others: with the server that it is about.</summary>
internal static class EventBody
{
    /// <summary>The JSON, in one line.</summary>
    public static string Of(string server, ServerEvent told) => RecordJson.Of(new
    {
        Server = server, told.Number, told.Time, told.Type, told.Level, told.Id, told.Message, told.Properties, told.Repeated,
    });
}
