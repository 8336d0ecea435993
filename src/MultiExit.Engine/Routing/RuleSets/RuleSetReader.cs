using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Sources;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>Reads the content of a set.</summary>
internal static class RuleSetReader
{
    /// <summary>Reads all of it. What is not valid to the end is refused as a whole.</summary>
    /// <exception cref="SourceFaultException">It is not valid; the message has the line and the reason.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RuleSetContent Read(Stream stream, RuleSetFormat format)
    {
        RuleSetBuilder builder = new();
        switch (format)
        {
            case RuleSetFormat.Clash:
                ClashFormat.Read(stream, builder);
                break;
            case RuleSetFormat.SingBox:
                SingBoxFormat.Read(stream, builder);
                break;
            default:
                LinesFormat.Read(stream, builder);
                break;
        }
        return builder.Build();
    }
}
