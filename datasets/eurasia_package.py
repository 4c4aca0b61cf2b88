"""Columns of the tables of datasets/eurasia and the datapackage.json that describes them. Used by make_eurasia.py."""

BASE_YEAR = "2025"


# name: (columns, primary key, foreign keys as (columns, table, columns))
TABLES = {
    "config": ("dataset_name long_length speed crs currency id_type base_year horizon", "", []),
    "period": ("period_id name start_date end_date", "period_id", []),
    "profile": ("profile_id month factor data_grade source_id note", "profile_id month",
                [("source_id", "source", "source_id")]),
    "node": ("node_id name x_coord y_coord node_type country_iso2 rail_gauge_mm owner status available_from_year "
             "refining_capacity_mt_per_y data_grade source_id note", "node_id", [("source_id", "source", "source_id")]),
    "link": ("link_id name from_node_id to_node_id directed length mode carries flow_unit capacity_per_y "
             "background_per_y cost_usd_per_unit risk_premium_usd_per_unit transit_days loss_pct ef_gco2e_per_tkm "
             "class7_allowed rare_metals_allowed status available_from_year countries owner throughput_per_y "
             "throughput_year length_grade capacity_grade cost_grade data_grade source_id cost_source_id note",
             "link_id", [("from_node_id", "node", "node_id"), ("to_node_id", "node", "node_id"),
                         ("mode", "mode", "mode"), ("source_id", "source", "source_id"),
                         ("cost_source_id", "source", "source_id")]),
    "mode": ("mode carries fixed_cost_usd_per_unit var_cost_usd_per_unit_km speed_km_per_day ef_gco2e_per_tkm "
             "loss_pct_per_100km cost_grade ef_grade cost_source_id ef_source_id note", "mode",
             [("cost_source_id", "source", "source_id"), ("ef_source_id", "source", "source_id")]),
    "transfer": ("node_id from_mode to_mode carries cost_usd_per_unit days capacity_per_y flow_unit data_grade "
                 "source_id note", "node_id from_mode to_mode carries",
                 [("node_id", "node", "node_id"), ("from_mode", "mode", "mode"), ("to_mode", "mode", "mode"),
                  ("source_id", "source", "source_id")]),
    "handling": ("node_id carries capacity_per_y flow_unit data_grade source_id", "node_id carries",
                 [("node_id", "node", "node_id"), ("source_id", "source", "source_id")]),
    "commodity": ("commodity carries flow_unit reference_price_usd_per_unit mass_t_per_unit requires conversion "
                  "constraint data_grade source_id", "commodity", [("source_id", "source", "source_id")]),
    "supply": ("supply_id node_id commodity flow_unit quantity_per_y max_per_y supply_cost_usd_per_unit "
               "shut_in_cost_usd_per_unit native_quantity native_unit year status available_from_year data_grade "
               "source_id note", "supply_id", [("node_id", "node", "node_id"), ("commodity", "commodity", "commodity"),
                                               ("source_id", "source", "source_id")]),
    "demand": ("demand_id node_id commodity flow_unit base_per_y min_per_y max_per_y profile market "
               "reference_price_usd_per_unit shortage_cost_usd_per_unit min_shortage_cost_usd_per_unit data_grade "
               "source_id note", "demand_id", [("node_id", "node", "node_id"), ("commodity", "commodity", "commodity"),
                                               ("source_id", "source", "source_id")]),
    "contract": ("contract_id supply_id demand_id flow_unit min_per_y max_per_y shortfall_cost_usd_per_unit data_grade "
                 "source_id note", "contract_id", [("supply_id", "supply", "supply_id"),
                                                   ("demand_id", "demand", "demand_id"),
                                                   ("source_id", "source", "source_id")]),
    "storage": ("storage_id node_id commodity flow_unit mode capacity min_stock inject_per_y withdraw_per_y "
                "inject_cost_usd_per_unit withdraw_cost_usd_per_unit holding_cost_usd_per_unit_y loss_pct_per_y "
                "final_rule initial final status available_from_year data_grade source_id note", "storage_id",
                [("node_id", "node", "node_id"), ("commodity", "commodity", "commodity"), ("mode", "mode", "mode"),
                 ("source_id", "source", "source_id")]),
    "conversion": ("conversion_id node_id flow_unit capacity_per_y cost_usd_per_unit status available_from_year "
                   "data_grade source_id note", "conversion_id",
                   [("node_id", "node", "node_id"), ("source_id", "source", "source_id")]),
    "conversion_flow": ("conversion_id commodity flow_unit direction quantity_per_unit data_grade source_id",
                        "conversion_id commodity", [("conversion_id", "conversion", "conversion_id"),
                                                    ("commodity", "commodity", "commodity"),
                                                    ("source_id", "source", "source_id")]),
    "cost_curve": ("table id from_per_y cost_add_usd_per_unit data_grade source_id note", "table id from_per_y",
                   [("source_id", "source", "source_id")]),
    "policy": ("policy_id name kind commodity supply_selector link_selector into_country market value value_unit per "
               "start_date end_date data_grade source_id note", "policy_id", [("source_id", "source", "source_id")]),
    "capacity_group": ("group_id name flow_unit capacity_per_y min_per_y per data_grade source_id", "group_id",
                       [("source_id", "source", "source_id")]),
    "capacity_group_member": ("group_id link_id commodity weight", "group_id link_id",
                              [("group_id", "capacity_group", "group_id"), ("link_id", "link", "link_id"),
                               ("commodity", "commodity", "commodity")]),
    "ramp": ("ramp_id group_id flow_unit max_up_per_y max_down_per_y stability_cost_usd_per_unit data_grade source_id",
             "ramp_id", [("group_id", "capacity_group", "group_id"), ("source_id", "source", "source_id")]),
    "project": ("project_id name target_type target_id capacity_added_per_y flow_unit cost_musd start_year online_year "
                "status data_grade source_id note", "project_id", [("source_id", "source", "source_id")]),
    "event": ("event_id name start_date end_date target_type target_id capacity_factor cost_add_usd_per_unit kind "
              "scenario_id data_grade source_id note", "event_id",
              [("scenario_id", "scenario", "scenario_id"), ("source_id", "source", "source_id")]),
    "observation": ("observation_id metric value unit period target_type target_id data_grade source_id note",
                    "observation_id", [("source_id", "source", "source_id")]),
    "source": ("source_id title address date supports", "source_id", []),
    "scenario": ("scenario_id parent_id name description start_date end_date kind data_grade source_id", "scenario_id",
                 [("parent_id", "scenario", "scenario_id"), ("source_id", "source", "source_id")]),
    "scenario_change": ("scenario_id table selector field operation value reason start_date end_date", "",
                        [("scenario_id", "scenario", "scenario_id")]),
}

NUMBERS = set("x_coord y_coord length capacity_per_y background_per_y risk_premium_usd_per_unit transit_days loss_pct "
              "ef_gco2e_per_tkm throughput_per_y refining_capacity_mt_per_y var_cost_usd_per_unit_km speed_km_per_day "
              "loss_pct_per_100km days mass_t_per_unit quantity_per_y max_per_y base_per_y min_per_y native_quantity "
              "capacity_added_per_y cost_musd capacity_factor factor capacity min_stock inject_per_y withdraw_per_y "
              "holding_cost_usd_per_unit_y loss_pct_per_y initial final quantity_per_unit from_per_y weight max_up_per_y "
              "max_down_per_y".split())
YEARS = set("month base_year available_from_year throughput_year year start_year online_year".split())
FLAGS = set("directed class7_allowed rare_metals_allowed".split())
DATES = set("start_date end_date".split())
REQUIRED = {
    "node": "x_coord y_coord", "link": "from_node_id to_node_id directed mode carries", "mode": "",
    "transfer": "cost_usd_per_unit flow_unit", "handling": "capacity_per_y flow_unit", "commodity": "carries flow_unit",
    "supply": "node_id commodity flow_unit quantity_per_y", "demand": "node_id commodity flow_unit base_per_y",
    "contract": "supply_id demand_id flow_unit", "period": "start_date end_date", "profile": "factor",
    "storage": "node_id commodity flow_unit capacity", "conversion": "node_id flow_unit capacity_per_y",
    "conversion_flow": "flow_unit direction quantity_per_unit", "cost_curve": "cost_add_usd_per_unit",
    "policy": "kind", "capacity_group": "flow_unit", "ramp": "group_id flow_unit", "scenario_change": "scenario_id table selector operation",
}

TITLES = {
    "config": "Units and base year (GMNS)", "node": "Places (GMNS node with further columns)",
    "link": "Pipelines, railways, sea lanes, roads, air lanes (GMNS link with further columns)",
    "mode": "Defaults of the modes", "transfer": "Changes of mode and border clearances at a place",
    "handling": "Most of a class of goods that may enter a place in a year", "commodity": "Goods",
    "supply": "Production", "demand": "Demand", "contract": "Least and most from one supply to one demand",
    "period": "The horizon, twelve months", "profile": "Seasons of gas demand", "storage": "Gas stores and tank farms",
    "conversion": "Smelters", "conversion_flow": "What goes in and comes out of a conversion",
    "cost_curve": "Cost beyond a yearly volume", "policy": "Rules in force (scenarios insert others)",
    "capacity_group": "Routes that ramps use", "capacity_group_member": "Links of a route",
    "ramp": "How fast a route may change (only scenarios insert rows)",
    "project": "Investments, running and planned", "event": "Outages, seasonal derating, policy",
    "observation": "Published figures to compare with", "source": "Sources", "scenario": "Scenarios",
    "scenario_change": "What the scenarios change",
}


def field_type(table, column):
    if column in FLAGS:
        return "boolean"
    if column in YEARS:
        return "integer"
    if column in DATES:
        return "date"
    if column in NUMBERS or column.endswith("_usd_per_unit") or (table in ("observation", "policy") and column == "value"):
        return "number"
    return "string"


def data_package():
    resources = []
    for name, (columns, primary, foreign) in TABLES.items():
        required = set(primary.split()) | set(REQUIRED.get(name, "").split())
        fields = []
        for c in columns.split():
            field = {"name": c, "type": field_type(name, c)}
            if c in required:
                field["constraints"] = {"required": True}
            fields.append(field)
        schema = {"fields": fields, "missingValues": [""]}
        if primary:
            schema["primaryKey"] = primary.split()
        if foreign:
            schema["foreignKeys"] = [
                {"fields": [f], "reference": {"resource": "" if t == name else t, "fields": [g]}}
                for f, t, g in foreign]
        resources.append({"name": name, "path": name + ".csv", "title": TITLES[name],
                          "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv",
                          "encoding": "utf-8", "schema": schema})
    return {
        "profile": "tabular-data-package",
        "name": "steppe-eurasia",
        "title": "Eurasian corridors of oil, gas and minerals, base year " + BASE_YEAR,
        "description": "A case for Steppe: the network, goods, contracts and scenarios of README.md, "
                       "in the tables of datasets/FORMAT.md. node and link follow GMNS.",
        "sources": [
            {"title": "Global Energy Monitor trackers (GOGET, GGIT, GOIT), CC BY 4.0",
             "path": "https://globalenergymonitor.org"},
            {"title": "Eurostat marnet sea network as distributed with searoute-py",
             "path": "https://github.com/genthalili/searoute-py"},
            {"title": "Further pages and data files: see source.csv"},
        ],
        "resources": resources,
    }
