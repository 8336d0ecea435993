namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>A test that needs a library with ECH; skipped, with the reason, where there is none.</summary>
internal sealed class EchFactAttribute : FactAttribute
{
    public EchFactAttribute() => Skip = EchSetup.WhyNot;
}
