/** From the address to the screen. A tablet whose lease has ended shows nothing but the way home and a new code's. */

import { useApp, useRoute, useStore } from "../app/context";
import { Nav } from "../parts/nav";
import { Toast } from "../parts/toast";
import { leaseNow } from "../work/clock";
import { codeInAddress } from "../work/enrolment";
import { Copy } from "./copy";
import { Edit } from "./edit";
import { Enrol } from "./enrol";
import { Families } from "./families";
import { FamilyCard } from "./family";
import { Home } from "./home";
import { Mend } from "./mend";
import { More } from "./more";
import { NewMember } from "./member";
import { NewRecord } from "./new";
import { Ready } from "./ready";
import { Record } from "./record";
import { Records } from "./records";
import { Route } from "./route";
import { Visit } from "./visit";
import { Workers } from "./workers";

export function Screens() {
  const store = useStore();
  const [at] = useRoute();
  const joins = at === "enrol" || codeInAddress(location.hash) !== "";
  const leased = leaseNow(store) <= Date.parse(store.get("leaseUntil")!);
  return (
    <>
      {leased ? <Screen /> : joins ? <Again /> : <Home expired />}
      {leased && <Nav />}
      <Toast />
    </>
  );
}

/** A new code for a tablet that has a team already. */
function Again() {
  const { session } = useApp();
  return <Enrol db={session.store.db} session={session} onDone={() => (location.hash = "#/ready")} />;
}

function Screen() {
  const [at = "", one = "", two = ""] = useRoute();
  switch (at) {
    case "families":
      return <Families />;
    case "family":
      return <FamilyCard key={one} id={one} />;
    case "visit":
      return <Visit key={one} family={one} />;
    case "member":
      return <NewMember key={one} family={one} />;
    case "record":
      return <Record key={one} id={one} />;
    case "edit":
      return <Edit key={one} id={one} />;
    case "new":
      return <NewRecord key={one + two} type={one} parent={two} />;
    case "records":
      return <Records key={one} type={one} />;
    case "home":
      return <Home />;
    case "mend":
      return <Mend key={one} op={one} />;
    case "more":
      return <More />;
    case "ready":
      return <Ready />;
    case "workers":
      return <Workers />;
    case "copy":
      return <Copy />;
    case "enrol":
      return <Again />;
    default:
      return codeInAddress(location.hash) ? <Again /> : <Route />;
  }
}
